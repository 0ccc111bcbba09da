import { say } from "./lifeline.ts";

// Outside of V8's heap, which has a limit of its own.
say("ready");
const held: Buffer[] = [];
for (;;) held.push(Buffer.alloc(16 * 1024 ** 2, 1));
