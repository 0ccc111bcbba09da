import { release } from "node:os";
import { type HostKind, hostKindOf } from "../domain/host-kind.ts";

/** What this machine is. */
export function hostKind(): HostKind {
  return hostKindOf({ platform: process.platform, release: release() });
}
