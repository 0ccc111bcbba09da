import { describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { accessFaults, overflow, type PageOptions, useStage } from "./page-stage.ts";

const stage = useStage();

describe("the settings", () => {
  it("show each key of the configuration with its value and who said it", async () => {
    const { open } = await opened();
    const page = await open("/settings");

    const row = page.locator("[id='value-workers.default_worker_count']");
    expect(await row.locator("th, td").allInnerTexts()).toEqual([
      "workers.default_worker_count",
      "1",
      "default",
    ]);
    expect(await page.locator("#configuration tbody tr").count()).toBeGreaterThan(20);
    expect(await page.locator("main").innerText()).toContain(process.version);
  });

  it("remember theme, zone, density and updates across pages", async () => {
    const { open } = await opened();
    const page = await open("/settings");

    await page.getByLabel("Theme").selectOption("dark");
    await page.getByLabel("Time zone").selectOption("utc");
    await page.getByLabel("Rows", { exact: true }).selectOption("compact");
    await page.goto("/tasks");
    await page.goto("/settings");

    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(await page.locator("html").getAttribute("data-density")).toBe("compact");
    expect(await page.getByLabel("Time zone").inputValue()).toBe("utc");
    await page.getByLabel("Updates").selectOption("off");
    await page.locator("#connection").getByText("Updates paused").waitFor();
  });

  it("make a key, shown once, and revoke it after a question", async () => {
    const { site, stageOf } = await opened();
    const page = await stageOf.pageOf("admin", "/settings");
    await page.getByLabel("Name").fill("build server");
    await page.getByLabel("Role").selectOption("operator");
    await page.getByRole("button", { name: "Create key" }).click();
    const secret = await page.locator("#new-key-secret").innerText();
    const who = async () =>
      await fetch(`${site.url}/api/me`, { headers: { Authorization: `Bearer ${secret}` } });
    expect(await (await who()).json()).toMatchObject({ name: "build server", role: "operator" });

    await page.getByRole("link", { name: "Done, back to the settings" }).click();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Revoke key build server" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("left the house");
    await dialog.getByRole("button", { name: "Revoke key build server" }).click();

    await page
      .locator("#access-keys tr", { hasText: "build server" })
      .getByText("revoked")
      .waitFor();
    expect((await who()).status).toBe(401);
    const events = await site.store.listEvents({ after: 0, limit: 100, types: ["audit"] });
    const told = events.map(({ data }) => [data?.action, data?.target, data?.reason]);
    expect(told).toContainEqual(["key.revoke", "build server (operator)", "left the house"]);
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  it("propose an admin's key first, and ask for it from then on", async () => {
    const { open } = await opened();
    const page = await open("/settings", { allowsErrors: true });
    await page.getByText("No key is in force").waitFor();
    expect(await page.getByLabel("Role").inputValue()).toBe("admin");

    await page.getByLabel("Name").fill("me");
    await page.getByRole("button", { name: "Create key" }).click();
    const secret = await page.locator("#new-key-secret").innerText();
    await page.getByRole("link", { name: "Done, back to the settings" }).click();

    await page.locator("input[type=password]").fill(secret);
    await page.locator("main button[type=submit]").click();
    await until(async () => !page.url().includes("sign-in"));
    await page.goto("/settings");
    await page.locator("#access-keys").getByText("me", { exact: true }).waitFor();
  });

  it("refuse a name that cannot be, and keep keys from those who may not see them", async () => {
    const { stageOf } = await opened();
    const admin = await stageOf.pageOf("admin", "/settings", { allowsErrors: true });
    await admin.getByLabel("Name").fill("nobody");
    await admin.getByRole("button", { name: "Create key" }).click();
    await admin.getByText(/choose another/).waitFor();

    const viewer = await stageOf.pageOf("viewer", "/settings", { allowsErrors: true });
    await viewer.getByText("Keys are for admins.").waitFor();
    const status = await viewer.evaluate(async () => {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
      const body = new URLSearchParams({ _csrf: csrf, name: "mine", role: "admin" });
      return (await fetch("/settings/keys", { method: "POST", body })).status;
    });
    expect(status).toBe(403);
  });

  it("have nothing for axe to find, and no sideways scrolling at 320 px", async () => {
    const { open } = await opened();
    for (const colorScheme of ["light", "dark"] as const) {
      expect(await accessFaults(await open("/settings", { colorScheme }))).toEqual([]);
    }
    const narrow = await open("/settings", { viewport: { width: 320, height: 700 } });
    expect(await overflow(narrow)).toBeLessThanOrEqual(0);
  });

  it("have nothing for axe to find with keys, nor where they are not shown", async () => {
    const { stageOf } = await opened();
    const admin = await stageOf.pageOf("admin", "/settings");
    expect(await accessFaults(admin)).toEqual([]);
    const viewer = await stageOf.pageOf("viewer", "/settings");
    expect(await accessFaults(viewer)).toEqual([]);
  });
});

async function opened() {
  const stageOf = await stage.open();
  const open = (path: string, options: PageOptions = {}) => stageOf.page(path, options);
  return { stageOf, site: stageOf.site, open };
}
