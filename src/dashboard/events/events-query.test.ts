import { expect, it } from "vitest";
import { eventTypes } from "../../domain/event.ts";
import {
  eventKinds,
  eventsAddress,
  exportAddress,
  isFiltered,
  listEventsParams,
  parseEventsQuery,
  typesOf,
} from "./events-query.ts";

it("has all that the events are asked for in the address, and nothing that makes no sense", () => {
  const address = "/events?kind=task&actor=anna&task=t-1&worker=w-1&before=12";

  expect(eventsAddress(parseEventsQuery(new URL(address, "http://x").searchParams))).toBe(address);
  expect(parseEventsQuery(new URLSearchParams("kind=none&before=x&task="))).toEqual({});
  expect(isFiltered({ before: 3 })).toBe(false);
});

it("has each type of event in a kind", () => {
  const inKinds = Object.keys(eventKinds).flatMap(
    (kind) => typesOf({ kind: kind as "task" }) ?? [],
  );

  expect(eventTypes.filter((type) => !inKinds.includes(type))).toEqual([]);
});

it("asks the store, and exports, the same", () => {
  const query = { kind: "audit", task: "t-1" } as const;

  expect(listEventsParams(query, 10)).toEqual({
    ...{ after: 0, limit: 10, newestBefore: "end", types: ["audit"], taskId: "t-1" },
  });
  expect(exportAddress(query, "csv")).toBe("/api/events?format=csv&type=audit&task=t-1");
});
