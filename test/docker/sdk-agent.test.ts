import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { AgentsSettings } from "../../src/agent/agent-settings.ts";
import { defaultContainer } from "../../src/domain/container-settings.ts";
import { isFinal } from "../../src/domain/task-state.ts";
import { type Answer, FakeModel } from "../support/agent/fake-model.ts";
import { hasSdk, sdkFolder } from "../support/agent/sdk-stage.ts";
import { DockerStage } from "../support/docker/docker-stage.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { ourImages } from "../support/docker/our-images.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();
const handler = new URL("../../src/workers/agent/agent-worker.ts", import.meta.url).href;

/** The real one, whose model is on this machine. The image has no agent: its folder is granted. */
describe.skipIf(engine === undefined || !hasSdk)("Claude in a container, through its SDK", () => {
  const docker = engine as Docker;
  let image = "";

  beforeAll(async () => {
    ({ agent: image = "" } = await ourImages(docker, "agent"));
  }, 240_000);

  it("writes a file of its caller's, and goes on after an overload", {
    timeout: 120_000,
  }, async () => {
    const model = await FakeModel.open();
    onTestFinished(() => model.close());
    const site = await DockerStage.open({ docker, image, link: "api" });
    const file = join(site.outputs, "a.txt");
    const answers: readonly Answer[] = [
      { use: "Write", input: { file_path: file, content: "hello" } },
      { status: 529 },
      { say: "It is written." },
    ];
    model.follow((_, nth) => answers[nth - 1]);
    const env = { ...model.env, CLAUDE_CODE_MAX_RETRIES: "0" };
    const claude = { runner: "sdk", sdkFolder, permission: "acceptEdits", env } as const;
    const agents: AgentsSettings = { claude };
    const pool = site.pool({
      ...{ name: "agent", type: "agent", handler, settings: { agents } },
      folders: [
        { path: sdkFolder, access: "read" },
        { path: site.outputs, access: "write" },
      ],
      // Of all networks only this one leads to a service on the machine's loopback.
      container: { ...defaultContainer, network: "host", pull: "never" },
    });
    const supervisor = await site.supervise([pool]);

    const id = await site.stage.submit({
      type: "agent",
      payload: { instruction: "write a.txt", context: { workingDirectory: site.outputs } },
      retry: { maxAttempts: 3, on: "infrastructure", backoffMs: 1, maxBackoffMs: 1 },
    });
    const task = await until(
      async () => {
        const now = await site.stage.task(id);
        return isFinal(now.state) ? now : undefined;
      },
      { withinMs: 90_000, what: "the task to end" },
    );
    await supervisor.stop();

    expect(task).toMatchObject({
      ...{ state: "completed", attempt: 2 },
      result: { text: "It is written.", executor: "claude", usage: { turns: 2 } },
    });
    expect(readFileSync(file, "utf8")).toBe("hello");
    expect(statSync(file).uid).toBe(process.getuid?.());
    expect(JSON.stringify(model.asked.at(-1)?.body.messages)).toContain("Go on where you stopped");
    expect(model.strays).toEqual([]);
  });
});
