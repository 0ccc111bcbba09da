import type { ProcessIdentity } from "../domain/worker.ts";
import { type MachineFacts, readMachine } from "../machine/memory.ts";
import { isAlive, ownIdentity } from "../machine/process-identity.ts";

/** What an overview needs to know of the machine it is made on. */
export interface SeenMachine {
  readonly facts: MachineFacts;
  readonly host: string;
  /** Worker types that can be started here by their name. Absent: not known. */
  readonly knownTypes?: readonly string[];
  isAlive(process: ProcessIdentity): boolean | "unknown";
}

export function lookAtMachine(knownTypes?: readonly string[]): SeenMachine {
  const seen = { facts: readMachine(), host: ownIdentity().host, isAlive };
  return { ...seen, ...(knownTypes && { knownTypes }) };
}
