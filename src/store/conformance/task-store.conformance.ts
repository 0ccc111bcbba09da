import { describe } from "vitest";
import { describeAccess } from "./access.ts";
import { describeAttempts } from "./attempts.ts";
import { describeCancelling } from "./cancelling.ts";
import { describeClaiming } from "./claiming.ts";
import { describeClaimingAhead } from "./claiming-ahead.ts";
import { describeClosing } from "./closing.ts";
import { describeDependencies } from "./dependencies.ts";
import { describeEndingWorkers } from "./ending-workers.ts";
import { describeEvents } from "./events.ts";
import { describeFiltering } from "./filtering.ts";
import { describeListing } from "./listing.ts";
import { describeLookingOver } from "./looking-over.ts";
import { describeMemory } from "./memory.ts";
import { describePausing } from "./pausing.ts";
import { describeReporting } from "./reporting.ts";
import { describeRetrying } from "./retrying.ts";
import { describeSessions } from "./sessions.ts";
import { describeSettling } from "./settling.ts";
import { beginWith, type OpenSite } from "./stage.ts";
import { describeSubmitting } from "./submitting.ts";
import { describeThroughput } from "./throughput.ts";
import { describeUpkeep } from "./upkeep.ts";
import { describeWatching } from "./watching.ts";
import { describeWorkers } from "./workers.ts";

/** The contract of {@link TaskStore}, run against every implementation. */
export function describeTaskStore(name: string, open: OpenSite): void {
  describe(`${name} keeps the store contract`, () => {
    const begin = beginWith(open);
    describe("submit", () => describeSubmitting(begin));
    describe("dependencies", () => describeDependencies(begin));
    describe("lists and counts", () => describeListing(begin));
    describe("filters", () => describeFiltering(begin));
    describe("looks over the whole", () => describeLookingOver(begin));
    describe("claim", () => describeClaiming(begin));
    describe("claim ahead", () => describeClaimingAhead(begin));
    describe("throughput", () => describeThroughput(begin));
    describe("claim and memory", () => describeMemory(begin));
    describe("pauses", () => describePausing(begin));
    describe("settle", () => describeSettling(begin));
    describe("attempts", () => describeAttempts(begin));
    describe("report", () => describeReporting(begin));
    describe("cancel", () => describeCancelling(begin));
    describe("retry", () => describeRetrying(begin));
    describe("workers", () => describeWorkers(begin));
    describe("endWorker", () => describeEndingWorkers(begin));
    describe("sessions", () => describeSessions(begin));
    describe("events", () => describeEvents(begin));
    describe("upkeep", () => describeUpkeep(begin));
    describe("watch", () => describeWatching(begin));
    describe("access", () => describeAccess(begin));
    describe("close", () => describeClosing(begin));
  });
}
