import type { WorkersOrder } from "../peer.ts";
import { loadPeer } from "../peers.ts";
import { openTaskHandler } from "../task-handler.ts";

/** A worker process of a peer that leaves it to its users to start them. */
type Order = WorkersOrder & { readonly peer: string };

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const peer = await loadPeer(order.peer);
const handler = openTaskHandler(order.folder);
const consumer = await peer.consume({ ...order, handle: handler.handle });
process.on("message", () => void leave());
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function leave(): Promise<void> {
  handler.close();
  await consumer.stop();
  process.exit(0);
}
