import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import type { ProcessIdentity } from "../../domain/worker.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { WorkerExit } from "../executor.ts";

/** Notices the end of a worker. It keeps our own process from leaving only while it is held. */
export interface Watch {
  readonly exit: Promise<WorkerExit>;
  /** Returns what ends the hold. */
  hold(): () => void;
  /** Looks at once, for whoever cannot wait for the next look. */
  look(): void;
  /** Lets go of all resources; a child's exit is still noticed. */
  close(): void;
}

const pollMs = 100;

export function watchChild(params: { child: ChildProcess; lifeline: Duplex }): Watch {
  const { child, lifeline } = params;
  const exit = new Promise<WorkerExit>((resolve) => {
    child.once("exit", (code, signal) => {
      lifeline.destroy();
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "killed", signal });
    });
  });
  return {
    exit,
    hold() {
      child.ref();
      return () => child.unref();
    },
    look() {},
    close: () => lifeline.destroy(),
  };
}

/** The system tells only a parent about an exit; others have to look. */
export function watchProcess(root: ProcessIdentity): Watch {
  const { promise: exit, resolve } = Promise.withResolvers<WorkerExit>();
  const timer = setInterval(look, pollMs);
  timer.unref();

  function look() {
    if (isAlive(root) !== false) return;
    clearInterval(timer);
    resolve({ kind: "lost", reason: `process ${root.pid} is gone; it was not our child` });
  }

  return {
    exit,
    look,
    hold() {
      timer.ref();
      return () => timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
