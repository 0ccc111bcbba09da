import { appendFileSync, readFileSync, rmSync, symlinkSync, utimesSync } from "node:fs";
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
  const path = site.path("record.jsonl");
  const inputs = { "a.py": "1", option: "x" };
  BuildRecord.read(path).noteStep("publish a", { inputs, outputs: [site.path("out/a.html")] });
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

  it("takes a step that did not leave all its files for one that was never done", () => {
    const { site, record } = builtSite();
    const inputs = { "a.py": "2" };

    record().noteStep("publish a", { inputs, outputs: [site.path("out/gone.html")] });

    expect(record().step("publish a")).toBeUndefined();
    expect(record().leftBy("publish a", inputs)).toBeUndefined();
  });

  it("knows what a step left, as long as its inputs are the same", () => {
    const { site, record } = builtSite();
    const inputs = { "a.py": "1", option: "x" };

    expect(record().leftBy("publish a", inputs)).toEqual([site.path("out/a.html")]);
    expect(record().leftBy("publish a", { ...inputs, option: "y" })).toBeUndefined();
  });

  it("takes a record that it does not know for none, and writes its own over it", () => {
    const { site, record } = builtSite();
    site.write("record.jsonl", `{"version":1}\n${"x".repeat(100)}`);

    expect(findStaleSteps(planFor(site, {}), record())).toMatchObject([
      { because: "it was never built" },
    ]);
    record().noteStep("publish a", { inputs: {}, outputs: [site.path("out/a.html")] });
    expect(findStaleSteps(planFor(site, {}), record())).toEqual([]);
  });

  it("passes over what a killed build has left of its last line", () => {
    const { site, record } = builtSite();
    appendFileSync(site.path("record.jsonl"), '{"kind":"step","id":"publish b","do');
    record().noteStep("publish c", { inputs: {}, outputs: [] });

    expect(record().step("publish a")).toBeDefined();
    expect(record().step("publish b")).toBeUndefined();
    expect(record().step("publish c")).toBeDefined();
  });

  it("keeps what was built of other parts while the inputs are the same", () => {
    const { site, record } = builtSite();
    const b = site.write("out/b.html", "b");
    const inputs = { "a.py": "1", option: "x" };

    record().noteStep("publish a", { inputs, outputs: [b] });

    expect(Object.keys(record().step("publish a")?.outputs ?? {})).toEqual([
      site.path("out/a.html"),
      b,
    ]);
    record().noteStep("publish a", { inputs: { ...inputs, option: "y" }, outputs: [b] });
    expect(Object.keys(record().step("publish a")?.outputs ?? {})).toEqual([b]);
  });

  it("two builds that write side by side keep what the other has done", () => {
    const { record } = builtSite();
    const [one, other] = [record(), record()];

    one.noteStep("publish b", { inputs: {}, outputs: [] });
    other.noteStep("publish c", { inputs: {}, outputs: [] });
    one.noteStep("publish d", { inputs: {}, outputs: [] });

    const known = record();
    expect(["b", "c", "d"].map((id) => known.step(`publish ${id}`) !== undefined)).toEqual([
      ...[true, true, true],
    ]);
  });

  it("drops what is outdated, and only that", () => {
    const { site, record } = builtSite();
    const long = record();
    for (let at = 0; at < 2_100; at += 1) long.noteStep("publish b", { inputs: {}, outputs: [] });

    long.tidy();

    expect(readFileSync(site.path("record.jsonl"), "utf8").split("\n").length).toBeLessThan(10);
    expect(record().step("publish a")?.inputs).toEqual({ "a.py": "1", option: "x" });
  });
});

describe("strays", () => {
  it("are what no plan makes; what begins with a dot stays", () => {
    const { site } = builtSite();
    site.write("out/old/b.html", "b");
    site.write("out/.git/HEAD", "ref");
    const plan = planFor(site, {});

    const strays = findStrays(plan);
    removeStrays(strays, { ...plan, targets: [{ path: site.path("out") }] });

    expect(strays).toEqual([site.path("out/old/b.html")]);
    expect(findStrays(plan)).toEqual([]);
    expect(readFileSync(site.path("out/.git/HEAD"), "utf8")).toBe("ref");
    expect(() => readFileSync(site.path("out/old"))).toThrow(/ENOENT/);
  });

  it("stay where a link that was made meanwhile would lead to files of others", () => {
    const { site } = builtSite();
    site.write("out/old/keys", "stray");
    site.write("elsewhere/keys", "theirs");
    const plan = planFor(site, {});
    const strays = findStrays(plan);
    rmSync(site.path("out/old"), { recursive: true });
    symlinkSync(site.path("elsewhere"), site.path("out/old"));

    removeStrays(strays, { ...plan, targets: [{ path: site.path("out") }] });

    expect(strays).toEqual([site.path("out/old/keys")]);
    expect(readFileSync(site.path("elsewhere/keys"), "utf8")).toBe("theirs");
  });

  it("are none where a file is in the place of the folder", () => {
    const site = new CourseSite({ out: "a" });

    expect(findStrays(planFor(site, {}))).toEqual([]);
  });

  it("are drafts of builds that were killed, but not of those that go on", () => {
    const { site } = builtSite();
    const draft = site.write("out/a.html.0000abcd0123456789ef-1.draft", "half");

    expect(findStrays(planFor(site, {}))).toEqual([]);
    utimesSync(draft, 1, 1);
    expect(findStrays(planFor(site, {}))).toEqual([draft]);
  });
});
