import { readFileSync, utimesSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CourseSite } from "../../../test/support/course-site.ts";
import type { Plan, PublishStep } from "../plan/plan.ts";
import { BuildRecord } from "./build-record.ts";
import { findStaleSteps } from "./find-stale.ts";
import { findStrays, removeStrays } from "./remove-strays.ts";

function planFor(site: CourseSite, inputs: Record<string, string>): Plan {
  const step = {
    ...{ kind: "publish", id: "publish a", language: "en", after: [], inputs },
    outputs: [{ path: site.path("out/a.html"), format: "html", kind: "completed" }],
  } as unknown as PublishStep;
  return { steps: [step], copies: [], folders: [site.path("out")] };
}

function builtSite() {
  const site = new CourseSite({ "out/a.html": "a" });
  const path = site.path("record.json");
  const record = BuildRecord.read(path);
  record.noteStep("publish a", { "a.py": "1", option: "x" }, [site.path("out/a.html")]);
  record.save(new Map());
  return { site, record: () => BuildRecord.read(path) };
}

describe("findStaleSteps", () => {
  it("finds nothing when nothing has changed", () => {
    const { site, record } = builtSite();

    expect(findStaleSteps(planFor(site, { "a.py": "1", option: "x" }), record())).toEqual([]);
  });

  it.each([
    ["an input that differs", { "a.py": "2", option: "x" }, "a.py changed"],
    ["one more input", { "a.py": "1", option: "x", "b.py": "1" }, "b.py is new"],
    ["one input less", { "a.py": "1" }, "option is gone"],
  ])("says why: %s", (_, inputs, because) => {
    const { site, record } = builtSite();

    expect(findStaleSteps(planFor(site, inputs), record())).toMatchObject([{ because }]);
  });

  it("builds again what somebody has changed or deleted", () => {
    const { site, record } = builtSite();
    utimesSync(site.path("out/a.html"), 1, 1);

    const stale = findStaleSteps(planFor(site, { "a.py": "1", option: "x" }), record());

    expect(stale).toMatchObject([{ because: "a.html is not as it was built" }]);
  });

  it("takes a broken record for none", () => {
    const { site } = builtSite();
    site.write("record.json", readFileSync(site.path("record.json"), "utf8").slice(0, 20));

    const stale = findStaleSteps(planFor(site, {}), BuildRecord.read(site.path("record.json")));

    expect(stale).toMatchObject([{ because: "it was never built" }]);
  });
});

describe("strays", () => {
  it("are what no plan makes; what begins with a dot stays", () => {
    const { site } = builtSite();
    site.write("out/old/b.html", "b");
    site.write("out/.git/HEAD", "ref");
    const plan = planFor(site, {});

    const strays = findStrays(plan);
    removeStrays(strays, plan);

    expect(strays).toEqual([site.path("out/old/b.html")]);
    expect(findStrays(plan)).toEqual([]);
    expect(readFileSync(site.path("out/.git/HEAD"), "utf8")).toBe("ref");
    expect(() => readFileSync(site.path("out/old"))).toThrow(/ENOENT/);
  });
});
