import { describe } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { describeModel } from "../conformance/model.conformance.ts";

describe("SQLite", () => describeModel(() => openSqliteSite({ synchronous: "off" })));
