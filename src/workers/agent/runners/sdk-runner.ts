import type { AgentRunner } from "../runner.ts";

export const sdkRunner: AgentRunner = {
  run: () => Promise.resolve({ kind: "failed", cause: "not_installed", message: "not yet" }),
};
