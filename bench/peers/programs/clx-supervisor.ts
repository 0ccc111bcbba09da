import { type Pool, startPool } from "../../engine.ts";
import { optionsFor } from "../adapters/clx-options.ts";
import type { WorkersOrder } from "../peer.ts";

type Order = WorkersOrder & { readonly timing: Record<string, number> };

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const pool: Pool = await startPool({
  folder: order.folder,
  options: optionsFor(order),
  handler: "peer-task",
  workers: order.processes,
  concurrency: order.concurrency,
  timing: order.timing,
});
await pool.ready();
process.on("message", (question) => {
  if (question === "stop") void leave();
  else void pool.ready().then((pids) => process.send?.(pids));
});
process.on("disconnect", () => void leave());
process.send?.("ready");

async function leave(): Promise<void> {
  await pool.stop();
  process.exit(0);
}
