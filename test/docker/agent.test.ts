import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it } from "vitest";
import { callerBeside, giveTo } from "../support/docker/caller.ts";
import { ContainerSite } from "../support/docker/container-site.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { type OurImages, ourImages } from "../support/docker/our-images.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const engine = await dockerForTests();

/** Says what it finds, writes and commits a file, and goes on when there is a file `go`. */
const agent = `
import { execSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const { sessionId } = JSON.parse(readFileSync(0, "utf8"));
const tell = (entry) => console.log(JSON.stringify(entry));
tell({ kind: "session", sessionId });
tell({ kind: "turn" });
tell({ kind: "said", text: "key " + process.env.AGENT_KEY + ", other " + process.env.OTHER_KEY });
while (!existsSync(process.env.GATE)) await new Promise((resolve) => setTimeout(resolve, 50));
writeFileSync("out.txt", "from a container");
tell({ kind: "said", text: execSync("git add out.txt && git commit -qm out && git log --oneline", { encoding: "utf8" }) });
`;

describe.skipIf(engine === undefined)("agents in containers", { timeout: 120_000 }, () => {
  const docker = engine as Docker;
  let images: OurImages = {};

  beforeAll(async () => {
    images = await ourImages(docker, "agent");
  }, 240_000);

  function opened() {
    const caller = callerBeside(docker);
    const site = new ContainerSite({
      ...{ docker, images, files: { "agent.mjs": agent } },
      workers: 'docker_network = "none"\ndocker_workspace = ["work"]',
    });
    const gate = join(site.folder, "work/go");
    mkdirSync(join(site.folder, "work"));
    site.writeConfig(`${site.read(".clx/config.toml")}
[agents.own]
runner = "command"
command = ["node", "{folder}/agent.mjs"]
key = "AGENT_KEY"
env = { GATE = "${gate}" }
`);
    giveTo(site.folder, caller);
    const git = (...args: readonly string[]) =>
      execFileSync("git", args, {
        ...{ ...caller, cwd: join(site.folder, "work"), encoding: "utf8" },
        env: { PATH: process.env.PATH, HOME: site.folder },
      });
    git("init", "-q");
    const as = ["-c", "user.name=a", "-c", "user.email=a@b"];
    git(...as, "commit", "-q", "--allow-empty", "-m", "first");
    const secrets = { AGENT_KEY: "a-key-of-theirs", OTHER_KEY: "for nobody" };
    const how = ["--executor", "own", "--cwd", "work", "--workers=docker"];
    const start = (...more: readonly string[]) =>
      site.start(["exec", "agent", ...how, ...more, "go"], { ...caller, env: secrets });
    return { site, start, git };
  }

  it("get their key, which nobody sees from outside, and work in a worktree there", async () => {
    const { site, start, git } = opened();
    const clx = start("--worktree");
    await clx.says(/key a-key-of-theirs/);

    const [found] = await site.containers();
    const shown = await docker.getContainer(found?.Id ?? "").inspect();
    site.write("work/go", "");
    const { code, stdout, stderr } = await clx.end;

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.stringify(shown)).not.toContain("a-key-of-theirs");
    expect(stdout).toContain("other undefined");
    expect(git("log", "--all", "--format=%s")).toBe("out\nfirst\n");
    await site.untilNoContainers();
  });

  it("are gone with their container when that is killed, and when the run is interrupted", async () => {
    const { site, start } = opened();
    const clx = start("--attempts", "2");
    await clx.says(/key a-key-of-theirs/);

    const [first] = await site.containers();
    await docker.getContainer(first?.Id ?? "").kill();
    const [second] = await until(async () => {
      const running = (await site.containers()).filter(({ State }) => State === "running");
      return running.length > 0 && running[0]?.Id !== first?.Id ? running : undefined;
    });
    await site.untilRunning("agent");
    clx.kill("SIGINT");
    const { code } = await clx.end;

    expect(second?.Id).not.toBe(first?.Id);
    expect(code).toBe(130);
    await site.untilNoContainers();
  });
});
