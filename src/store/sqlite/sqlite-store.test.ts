import { openSqliteSite } from "../../../test/support/store-site.ts";
import { describeTaskStore } from "../conformance/task-store.conformance.ts";

describeTaskStore("SQLite", () => openSqliteSite());
