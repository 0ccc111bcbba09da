import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerSettings } from "../../config/pool-settings.ts";
import { workFolders } from "../../config/work-folders.ts";
import type { WorkerPolicy } from "../../config/worker-policy.ts";
import { ClxError } from "../../domain/errors.ts";
import type { ApiLinkSpec, LaunchDocument } from "../../domain/launch.ts";
import { programOf } from "../../library/configured-pool.ts";
import { drainAtServer } from "../../link/api/drain-at-server.ts";
import { registerAtServer } from "../../link/api/register-at-server.ts";
import { followTree } from "../../machine/process-tree.ts";
import { exitCodes } from "../../worker/exit-codes.ts";
import { runWorker } from "../../worker/run-worker.ts";
import type { CommandContext } from "../command.ts";
import type { Log } from "../logging/log.ts";

export interface WorkForServerParams {
  /** Its address, as `clx serve` says it. */
  readonly server: string;
  /** Needed once a key is in force there. */
  readonly key: string | undefined;
  readonly settings: WorkerSettings;
  readonly policy: WorkerPolicy;
  /** Aborted: finish what runs, then leave. */
  readonly leave: AbortSignal;
  /** Aborted: give back what runs, and leave. */
  readonly hurry: AbortSignal;
  readonly log: Log;
}

const hurriedGraceMs = 1_000;

/** Makes this process a worker of a server's store until it has left; answers with the exit code. */
export async function workForServer(
  context: CommandContext,
  params: WorkForServerParams,
): Promise<number> {
  const { server, log } = params;
  const launch = await register(context, params);
  const { workerId, type } = launch;
  // Its children inherit this, and are found by it wherever they go.
  process.env.CLX_WORKER_ID = workerId;
  const crashed = new AbortController();
  const onUncaught = (error: unknown) => crashed.abort(error);
  process.on("uncaughtException", onUncaught);
  const facts = { worker_id: workerId, worker_type: type, server };
  log.say(`worker ${workerId} takes ${type} tasks of ${server}`, facts);
  params.leave.addEventListener("abort", () => {
    drainAtServer(launch.link).catch(() => {
      // Only a courtesy to those who look: the worker knows by itself that it shall leave.
    });
  });
  params.hurry.addEventListener("abort", () => {
    endPrograms(workerId).catch((error: unknown) => log.say(String(error), { level: "error" }));
  });
  try {
    const code = await runWorker(launch, {
      hosting: "process",
      signal: params.leave,
      hurry: params.hurry,
      crashed: crashed.signal,
      say: (line) => log.say(line, { level: "warn" }),
    });
    log.say(`worker ${workerId} has left`, facts);
    if (code === exitCodes.left) return 0;
    return code === exitCodes.unknownHandler || code === exitCodes.openFailed ? 2 : 3;
  } finally {
    process.off("uncaughtException", onUncaught);
  }
}

async function register(
  { cwd, database }: CommandContext,
  { server, key, settings, policy }: WorkForServerParams,
): Promise<LaunchDocument & { readonly link: ApiLinkSpec }> {
  const { type, queue, concurrency, expectedMemory, memoryLimit, configSource } = settings;
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  const { workerId, launchToken, token } = await registerAtServer({
    ...{ address: server, key },
    request: {
      ...{ type, queue, concurrency, expectedMemory, configSource, ...limit },
      nonce: randomBytes(32).toString("hex"),
    },
  }).catch((error: unknown) => {
    throw key === undefined && isUnauthorised(error) ? keyMissing(server) : error;
  });
  return {
    ...{ workerId, launchToken, type, concurrency, ...limit },
    ...programOf(settings, cwd),
    link: { kind: "api", address: server, token },
    leaveWithParent: false,
    timing: { ...policy.timing, stopGraceMs: Number.POSITIVE_INFINITY },
    checkpointFolder: workFolders(database.path).checkpointFolder,
  };
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof ClxError && error.code === "unauthorised";
}

function keyMissing(server: string): ClxError {
  return new ClxError(
    "unauthorised",
    `${server} needs a key with the role operator ("clx keys create NAME --role operator" makes one there); give it with --key-file FILE or in CLX_KEY`,
  );
}

/** What its tasks have started gets a moment: by then they know that they are given back. */
async function endPrograms(workerId: string): Promise<void> {
  await sleep(hurriedGraceMs, undefined, { ref: false });
  await followTree({ mark: `CLX_WORKER_ID=${workerId}` }).end({ graceMs: 0 });
}
