import { DirectExecutor } from "../../../src/executor/direct/direct-executor.ts";
import type { StartOrder } from "../../../src/executor/executor.ts";

/** `node starts-a-worker.ts ENTRY ORDER stays|leaves`: prints the worker's reference. */
const [entry = "", order = "", then = ""] = process.argv.slice(2);

const worker = await new DirectExecutor({ entry }).start(JSON.parse(order) as StartOrder);
console.log(JSON.stringify(worker.ref));
if (then === "stays") setInterval(() => {}, 60_000);
