import { describe } from "vitest";
import { describeBell } from "./bell.ts";
import { describeLife } from "./life.ts";
import type { OpenLinkSite } from "./link-site.ts";
import { describePatience } from "./patience.ts";
import { describeWork } from "./work.ts";

/** The contract of {@link WorkerLink}, run against every implementation. */
export function describeLink(name: string, open: OpenLinkSite): void {
  describe(`${name} keeps the link's contract`, () => {
    describe("the life of a worker", () => describeLife(open));
    describe("its work", () => describeWork(open));
    describe("its bell", () => describeBell(open));
    describe("its patience", () => describePatience(open));
  });
}
