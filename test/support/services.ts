import { onTestFinished } from "vitest";
import type { ClxSite } from "./clx.ts";

export interface ShownServices {
  readonly status: "started" | "already_running";
  readonly pid: number;
  readonly state_path: string;
  readonly log_path: string;
  readonly workers: readonly {
    readonly id: string;
    readonly type: string;
    readonly adopted: boolean;
  }[];
  readonly changes: readonly string[];
  readonly troubles: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Starts the services of a site and waits until they are ready; they are stopped with the test.
 * Unless types are named, workers of commands alone: the others take memory, and prove nothing more.
 */
export async function startServices(
  site: ClxSite,
  ...options: readonly string[]
): Promise<ShownServices> {
  onTestFinished(async () => {
    await site.run(["stop-services", "--force"]);
  });
  const types = options.includes("--types") ? [] : ["--types", "command"];
  return await site.json<ShownServices>("start-services", "--wait", ...types, ...options);
}

export interface ShownWorker {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly pid: number;
  readonly parent_pid: number;
  readonly session_id: string | null;
  readonly jobs_processed: number;
}

export async function workersOf(site: ClxSite): Promise<readonly ShownWorker[]> {
  const { workers } = await site.json<{ workers: readonly ShownWorker[] }>("workers", "list");
  return workers;
}
