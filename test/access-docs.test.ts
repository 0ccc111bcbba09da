import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

it("the page of access names who may use which route, as the table of routes has it", async () => {
  await promisify(execFile)(process.execPath, ["scripts/generate-access-docs.ts", "--check"], {
    cwd: root,
  });
});
