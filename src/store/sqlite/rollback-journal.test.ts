import { openSqliteSite } from "../../../test/support/store-site.ts";
import { describeTaskStore } from "../conformance/task-store.conformance.ts";

describeTaskStore("SQLite without a write-ahead log", () =>
  openSqliteSite({ journalMode: "delete", synchronous: "normal" }),
);
