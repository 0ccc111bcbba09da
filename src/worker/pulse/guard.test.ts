import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { monotonicMs } from "../monotonic.ts";
import { Guard } from "./guard.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function newGuard() {
  const stops: string[] = [];
  const overdue: string[] = [];
  const over = new Set<string>();
  const guard = new Guard({
    abortGraceMs: 100,
    isOver: ({ taskId }) => over.has(taskId),
    onStop: ({ taskId }, { kind, graceMs }) => stops.push(`${taskId} ${kind} ${graceMs}`),
    onOverdue: ({ taskId }) => overdue.push(taskId),
  });
  const begin = (taskId: string, timeoutMs?: number) =>
    guard.begin({
      taskId,
      attempt: 1,
      slot: 0,
      serial: 1,
      startedAt: monotonicMs(),
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  return { guard, stops, overdue, over, begin };
}

describe("a guard", () => {
  it("stops an attempt at its deadline, and says when its grace is over", () => {
    const { stops, overdue, begin } = newGuard();
    begin("a", 1_000);

    vi.advanceTimersByTime(1_001);
    expect(stops).toEqual(["a timed_out 100"]);
    expect(overdue).toEqual([]);
    vi.advanceTimersByTime(100);

    expect(overdue).toEqual(["a"]);
  });

  it("stops an attempt whose cancellation a renewal told before its beginning was heard", () => {
    const { guard, stops, begin } = newGuard();
    guard.heed(
      {
        standing: "live",
        held: [
          { taskId: "a", attempt: 1, cancelReason: "nobody wants it" },
          { taskId: "b", attempt: 1 },
        ],
      },
      monotonicMs(),
    );

    begin("a");
    begin("b");

    expect(stops).toEqual(["a cancelled 100"]);
  });

  it("counts a deadline from the beginning, not from when it heard of it", () => {
    const { guard, stops } = newGuard();
    guard.begin({
      taskId: "a",
      attempt: 1,
      slot: 0,
      serial: 1,
      startedAt: monotonicMs() - 2_000,
      timeoutMs: 1_000,
    });

    vi.advanceTimersByTime(1);

    expect(stops).toEqual(["a timed_out 100"]);
  });

  it("waits for a deadline that is further off than a timer reaches", () => {
    const { stops, begin } = newGuard();
    begin("a", 40 * 86_400_000);

    vi.advanceTimersByTime(39 * 86_400_000);
    expect(stops).toEqual([]);
    vi.advanceTimersByTime(86_400_001);

    expect(stops).toHaveLength(1);
  });

  it("forgets an attempt whose handler has ended", () => {
    const { guard, stops, overdue, begin } = newGuard();
    begin("a", 1_000);

    guard.finished({ taskId: "a", attempt: 1 });
    vi.advanceTimersByTime(10_000);

    expect([stops, overdue]).toEqual([[], []]);
  });

  it("lets an attempt be whose handler has ended, though nobody has told it so", () => {
    const { guard, stops, overdue, over, begin } = newGuard();
    begin("a", 1_000);
    begin("b");
    guard.stop({ taskId: "b", attempt: 1 }, "cancelled", "");
    over.add("a").add("b");

    vi.advanceTimersByTime(10_000);

    expect([stops, overdue]).toEqual([["b cancelled 100"], []]);
  });

  it("keeps the first reason, save that being superseded beats it", () => {
    const { guard, stops, begin } = newGuard();
    begin("a");
    const name = { taskId: "a", attempt: 1 };

    guard.stop(name, "released", "");
    guard.stop(name, "cancelled", "");
    guard.stop(name, "superseded", "");
    guard.stop(name, "cancelled", "");

    expect(stops).toEqual(["a released 100", "a superseded 100"]);
  });

  it("stops what was cancelled and what the store does not know as held", () => {
    const { guard, stops, begin } = newGuard();
    begin("a");
    begin("b");
    begin("c");
    const held = [
      { taskId: "a", attempt: 1 },
      { taskId: "b", attempt: 1, cancelReason: "" },
      { taskId: "c", attempt: 2 },
    ];

    vi.advanceTimersByTime(1);
    guard.heed({ standing: "live", held }, monotonicMs());

    expect(stops).toEqual(["b cancelled 100", "c superseded 100"]);
  });

  it("does not hold an attempt for superseded that began after the store was asked", () => {
    const { guard, stops, begin } = newGuard();
    const askedAt = monotonicMs();
    begin("a");

    guard.heed({ standing: "live", held: [] }, askedAt);

    expect(stops).toEqual([]);
  });
});
