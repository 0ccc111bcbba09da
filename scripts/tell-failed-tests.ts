/**
 * Names the tests that failed, with the first lines of their failures:
 * `node scripts/tell-failed-tests.ts REPORT…`, with reports of vitest's JSON reporter.
 * The end of a long output is what is read first.
 */
import { readFileSync } from "node:fs";

interface FailedFiles {
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

for (const path of process.argv.slice(2)) {
  const { testResults = [] } = JSON.parse(readFileSync(path, "utf8")) as FailedFiles;
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === "failed");
    for (const test of failed) tell(`${name} › ${test.fullName}`, test.failureMessages.join("\n"));
    if (status === "failed" && failed.length === 0) tell(name, message);
  }
}

function tell(what: string, why: string): void {
  process.stdout.write(`failed: ${what}\n${why.split("\n").slice(0, 15).join("\n")}\n\n`);
}
