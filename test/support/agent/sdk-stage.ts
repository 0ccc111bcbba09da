import { existsSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AgentSettings } from "../../../src/agent/agent-settings.ts";
import { AgentStage } from "./agent-stage.ts";
import { FakeModel, type Script } from "./fake-model.ts";

/** Where the SDK is installed, for tests: it is too large to be a dependency. */
export const sdkFolder = process.env.CLX_TEST_AGENT_SDK ?? "";

export const hasSdk = existsSync(
  join(sdkFolder, "node_modules/@anthropic-ai/claude-agent-sdk/package.json"),
);

if (!hasSdk) {
  console.warn(
    "skipped: the agent SDK is not installed; install @anthropic-ai/claude-agent-sdk in a folder, and name it in CLX_TEST_AGENT_SDK",
  );
}

export interface SdkStage {
  readonly stage: AgentStage;
  readonly model: FakeModel;
}

/** Workers whose agent `claude` is the real one, and talks to a model that follows a script. */
export async function openSdkStage(
  script: Script,
  more: Partial<AgentSettings> = {},
): Promise<SdkStage> {
  const model = await FakeModel.open(script);
  onTestFinished(() => model.close());
  const claude: AgentSettings = {
    runner: "sdk",
    sdkFolder,
    permission: "acceptEdits",
    model: "claude-sonnet-5",
    ...more,
    env: {
      ...model.env,
      CLAUDE_CODE_MAX_RETRIES: "1",
      ...more.env,
    },
  };
  return { stage: await AgentStage.open({ claude }), model };
}
