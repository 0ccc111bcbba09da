import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it, onTestFinished } from "vitest";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const root = fileURLToPath(new URL("../../", import.meta.url));

const scripts = [
  [":standalone", /clx serves .*\(standalone mode/],
  [":managed", /clx serves .*\(managed mode/],
  [":worker", /takes command tasks/],
  ["", /clx serves .*\(inline mode/],
] as const;

describe("npm run", () => {
  it.each(scripts)(
    "dev%s runs from the sources, and ends when npm is told to",
    async (name, said) => {
      await tryScript(`dev${name}`, said);
    },
  );

  it.runIf(existsSync(join(root, "dist/cli/main.js"))).each(scripts)(
    "start%s runs what was built, and ends when npm is told to",
    async (name, said) => {
      await tryScript(`start${name}`, said);
    },
  );
});

async function tryScript(script: string, said: RegExp): Promise<void> {
  const site = new ServerSite();
  const env = {
    ...process.env,
    ...{ PORT: "0", DB_PATH: join(site.folder, "data", "clx.db") },
    ...{ XDG_CONFIG_HOME: site.folder, CLX_SYSTEM_FOLDER: site.folder },
  };
  // A server makes the folder of its database; a worker comes to one that is there.
  if (script.endsWith(":worker")) mkdirSync(join(site.folder, "data"));
  const npm = spawn("npm", ["run", "-s", script], { cwd: root, env });
  let output = "";
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = new Promise((resolve) => npm.once("close", resolve));
  onTestFinished(async () => {
    npm.kill("SIGKILL");
    await ended;
  });

  await until(() => {
    if (npm.exitCode !== null) throw new Error(`npm run ${script} ended: ${output}`);
    return said.test(output);
  });
  npm.kill("SIGTERM");
  await ended;
}
