import { DockerExecutor } from "../../../src/executor/docker/docker-executor.ts";
import type { StartOrder } from "../../../src/executor/executor.ts";

/** `node starts-a-container.ts ENTRY ORDER`: prints the worker's reference, and stays. */
const [entry = "", order = ""] = process.argv.slice(2);

const worker = await new DockerExecutor({ entry }).start(JSON.parse(order) as StartOrder);
console.log(JSON.stringify(worker.ref));
setInterval(() => {}, 60_000);
