import { spawn } from "node:child_process";
import { ownIdentity } from "../../../src/machine/process-identity.ts";
import { followTree } from "../../../src/machine/process-tree.ts";

const child = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
console.log(child.pid);
await followTree({ root: ownIdentity() }).end({ graceMs: 0 });
