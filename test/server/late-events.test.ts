import { describe, expect, it } from "vitest";
import { submitRoutes } from "../../src/server/routes/submit.ts";
import { until } from "../support/until.ts";
import { type LiveSite, openLiveSite } from "./live-site.ts";

async function submit({ url }: LiveSite): Promise<void> {
  const answer = await fetch(`${url}/api/tasks`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ type: "command", payload: { argv: ["true"] } }),
  });
  expect(answer.status).toBe(202);
}

const audits = ({ store }: LiveSite) => store.listEvents({ after: 0, limit: 99, types: ["audit"] });

describe("audit events of new work", () => {
  it("are written although nobody waits for them", async () => {
    const live = await openLiveSite({ routes: submitRoutes });

    for (let n = 0; n < 5; n++) await submit(live);
    const told = await until(async () => {
      const found = await audits(live);
      return found.length === 5 ? found : undefined;
    });

    expect(new Set(told.map(({ data }) => data?.action))).toEqual(new Set(["task.submit"]));
  });

  it("are written at once when the server begins to shut down", async () => {
    const live = await openLiveSite({ routes: submitRoutes });
    await submit(live);

    live.beginToClose();
    await live.store.close();
    const [told] = await audits({ ...live, store: await live.site.openAnother() });

    expect(told?.data?.action).toBe("task.submit");
  });
});
