import { once } from "node:events";
import { ClxError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/ids.ts";
import { defaultRetry } from "../../../src/domain/task.ts";
import { withConversation } from "../../../src/library/continue-agent.ts";
import { submitAlone } from "../../../src/library/conversation-in-use.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";

/** Goes on with a conversation as every caller does, but waits between the look and the act. */
const [path = "", taskId = ""] = process.argv.slice(2);
const store = await openSqliteStore({ path });
const options = { continueFromTaskId: taskId };
const task = await withConversation(store, {
  ...{ id: newId(Date.now()), type: "agent", queue: "default", priority: 0, after: [] },
  payload: { instruction: "Go on", options },
  retry: defaultRetry,
  onDependencyFailure: "skip",
});
console.log("it is free");
await once(process.stdin, "data");
try {
  const [submitted] = await submitAlone(store, { tasks: [task], now: Date.now() });
  console.log(`taken by ${submitted?.task.id}`);
} catch (error) {
  console.log(error instanceof ClxError ? `${error.code}: ${error.message}` : String(error));
}
await store.close();
process.exit(0);
