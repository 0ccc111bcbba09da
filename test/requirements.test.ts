import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { judgePage, readRows, requirementNumbers, testEnds } from "../scripts/requirements.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}docs/requirements.md`, "utf8");

describe("the table of promises", () => {
  it("has a row for each requirement, and each row names test files that are there", () => {
    const rows = readRows(page);
    const files = rows.flatMap(({ proofs }) => proofs.map((proof) => proof.split(" › ")[0] ?? ""));

    const missing = files.filter((file) => !existsSync(root + file));

    expect(missing).toEqual([]);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...requirementNumbers]));
    expect(rows.map(({ name, line }) => name || line)).toEqual(rows.map(({ name }) => name));
  });
});

describe("the check of the promises", () => {
  it("knows 37 requirements, from REQ-1.1 to REQ-8.4", () => {
    expect(requirementNumbers).toHaveLength(37);
    expect([requirementNumbers[0], requirementNumbers.at(-1)]).toEqual(["REQ-1.1", "REQ-8.4"]);
  });

  it("is content when every named test passed", () => {
    expect(judge("test/a.test.ts › a house › stands")).toEqual([]);
    expect(judge("test/a.test.ts › has a \\| in its title")).toEqual([]);
    expect(judge("test/a.test.ts › a house › stands<br>test/a.test.ts › is alone")).toEqual([]);
  });

  it.each([
    ["test/a.test.ts › a house › stand", 'did you mean "test/a.test.ts › a house › stands"?'],
    ["test/a.test.ts › nothing of the kind at all", "there is no test"],
    ["test/b.test.ts › stands", "no test of test/b.test.ts ran"],
    ["test/a.test.ts › a house › falls", "did not pass: it is failed"],
    ["test/a.test.ts › a house › waits", "did not pass: it is skipped"],
    ["test/a.test.ts › is run twice", "did not pass: it is failed"],
    ["test/a.test.ts › is alone<br>test/a.test.ts › a house › falls", "it is failed"],
    ["", "no test is named"],
    ["later: when there is time", "no test of later: when there is time ran"],
    [
      "test/a.test.ts › is alone<br>later: when there is time",
      "no test of later: when there is time ran",
    ],
  ])("refuses the proof %o", (proof, fault) => {
    expect(judge(proof)).toEqual([expect.stringContaining(fault)]);
  });

  it("misses a requirement without a row", () => {
    const faults = judgePage(
      pageOf("test/a.test.ts › is alone").replaceAll("REQ-5.3", "REQ-5.33"),
      ends,
    );

    expect(faults).toEqual(["REQ-5.3 has no row"]);
  });

  it("fails when the reports have no tests", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clx-requirements-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const report = join(folder, "report.json");
    writeFileSync(report, '{"success":false}');

    const checked = promisify(execFile)(process.execPath, [
      `${root}scripts/check-requirements.ts`,
      report,
    ]);

    await expect(checked).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "docs/requirements.md: no test of test/lifecycle/exec.test.ts ran\n",
      ),
    });
  });
});

const ends = testEnds(
  [
    {
      testResults: [
        {
          name: "/srv/clx/test/a.test.ts",
          assertionResults: [
            { ancestorTitles: ["a house"], title: "stands", status: "passed" },
            { ancestorTitles: ["a house"], title: "falls", status: "failed" },
            { ancestorTitles: ["a house"], title: "waits", status: "skipped" },
            { ancestorTitles: [], title: "is alone", status: "passed" },
            { ancestorTitles: [], title: "has a | in its title", status: "passed" },
            { ancestorTitles: [], title: "is run twice", status: "passed" },
            { ancestorTitles: [], title: "is run twice", status: "failed" },
          ],
        },
      ],
    },
    {},
  ],
  "/srv/clx/",
);

function judge(proof: string): string[] {
  return judgePage(pageOf(proof), ends);
}

/** A page with all rows, and one more that has this proof. */
function pageOf(proof: string): string {
  const rows = requirementNumbers.map(
    (number) => `| ${number} | what | test/a.test.ts › is alone |`,
  );
  const table = ["| | What | Test |", "|---|---|---|", ...rows, `| more | what | ${proof} |`];
  return ["# Promises", ...table, "Words."].join("\n");
}
