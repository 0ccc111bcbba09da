import type { ProcessIdentity } from "../domain/worker.ts";
import { type MachineFacts, readMachine } from "../machine/memory.ts";
import { isAlive, ownIdentity } from "../machine/process-identity.ts";

/** What an overview needs to know of the machine it is made on. */
export interface SeenMachine {
  readonly facts: MachineFacts;
  readonly host: string;
  isAlive(process: ProcessIdentity): boolean | "unknown";
}

export function lookAtMachine(): SeenMachine {
  return { facts: readMachine(), host: ownIdentity().host, isAlive };
}
