import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "../../src/domain/role.ts";
import { ApiSite } from "../support/api-site.ts";

let site: ApiSite;

beforeEach(async () => {
  site = await ApiSite.open();
});

afterEach(async () => {
  await site.close();
});

const live = { "HX-Request": "true", "X-Live": "true" };
const task = { type: "command", payload: { argv: ["true"] } };

async function signIn(role: Role) {
  const key = await site.key(role);
  const request = new Request("http://localhost/sign-in");
  const { cookie, caller } = await site.server.gate.signIn({ request, key });
  return { cookie: cookie.split(";")[0] ?? "", token: caller.csrfToken ?? "no token" };
}

describe.each(["/", "/tasks", "/workers", "/events"])("%s, open in many browsers", (page) => {
  it("is sent without anything that is secret, or of one viewer alone", async () => {
    const [one, other] = [await signIn("operator"), await signIn("admin")];
    await site.ask("POST /api/tasks", { body: task, key: await site.key("operator") });

    const whole = await site.ask(`GET ${page}`, { headers: { cookie: one.cookie } });
    const kept = await Promise.all(
      [one, other].map(({ cookie }) => site.ask(`GET ${page}`, { headers: { ...live, cookie } })),
    );

    expect(whole.text).toContain(one.token);
    for (const { status, text } of kept) {
      expect(status).toBe(200);
      expect(text).not.toContain(one.token);
      expect(text).not.toContain(other.token);
      expect(text).not.toContain("new-task-key");
    }
  });

  it("is looked up once for all who ask at the same time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => site.ask(`GET ${page}`, { headers: live })),
    );

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});

/** The overview tells of the machine's memory, which is never the same. */
describe.each(["/tasks", "/workers", "/events"])("%s, kept open", (page) => {
  it("is not sent again while it would say the same", async () => {
    await site.ask("POST /api/tasks", { body: task });
    const first = await site.ask(`GET ${page}`, { headers: live });
    const tag = first.headers.get("ETag") ?? "";
    const headers = { ...live, "If-None-Match": tag };

    const same = await site.ask(`GET ${page}`, { headers });
    await site.ask("POST /api/tasks", { body: { ...task, title: "another" } });
    const personal = await site.ask(`GET ${page}`, {
      headers: { "HX-Request": "true", "If-None-Match": tag },
    });

    expect([same.status, same.text, same.headers.get("ETag")]).toEqual([304, "", tag]);
    expect(personal.status).toBe(200);
  });
});

it("a page is sent again when it has changed, packed where the browser unpacks it", async () => {
  const first = await site.ask("GET /tasks", { headers: live });
  await site.ask("POST /api/tasks", { body: { ...task, title: "a new one" } });
  const headers = { ...live, "If-None-Match": first.headers.get("ETag") ?? "" };

  const [plain, packed] = await Promise.all([
    site.ask("GET /tasks", { headers }),
    site.app.request("/tasks", { headers: { ...headers, "Accept-Encoding": "br, gzip" } }),
  ]);

  expect(plain.status).toBe(200);
  expect(plain.headers.get("Content-Encoding")).toBeNull();
  expect(plain.text).toContain("a new one");
  expect(packed.headers.get("Content-Encoding")).toBe("gzip");
  expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(plain.text);
});

it("a viewer is not sent what an operator may do", async () => {
  const [viewer, operator] = [await site.key("viewer"), await site.key("operator")];
  await site.ask("POST /api/tasks", { body: task, key: operator });

  const [theirs, ours] = await Promise.all([
    site.ask("GET /tasks", { headers: live, key: viewer }),
    site.ask("GET /tasks", { headers: live, key: operator }),
  ]);

  expect(theirs.text).not.toBe(ours.text);
});
