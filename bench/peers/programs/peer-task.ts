import type { TaskPayload } from "../peer.ts";
import { openTaskHandler, type TaskHandler } from "../task-handler.ts";

let handler: TaskHandler | undefined;

/** The handler of all peers, as a worker of ours. */
export default {
  type: "bench",
  open(host: { settings: { folder?: unknown } }) {
    handler = openTaskHandler(String(host.settings.folder));
  },
  async handle({ payload }: { payload: TaskPayload }) {
    await handler?.handle(payload);
    return undefined;
  },
  close() {
    handler?.close();
  },
};
