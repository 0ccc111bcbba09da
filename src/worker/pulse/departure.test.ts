import { expect, it } from "vitest";
import type { WorkerLink } from "../../link/worker-link.ts";
import { depart } from "./departure.ts";

it("ends the children first, and the row although what has begun could not be told", async () => {
  const done: string[] = [];
  const link: Pick<WorkerLink, "settle" | "end"> = {
    settle: async () => {
      done.push("settle");
      throw new Error("the store is out of reach");
    },
    end: async () => {
      done.push("end the row");
      return { ended: true } as Awaited<ReturnType<WorkerLink["end"]>>;
    },
  };

  await depart({
    link,
    tree: {
      end: async () => {
        done.push("end the children");
        return { ended: 1, left: [] };
      },
    },
    workerId: "w",
    departure: {
      event: "fail",
      reason: "it crashed",
      tasks: { kind: "failed", failure: { kind: "worker_died", message: "it crashed" } },
      graceMs: 0,
    },
    begun: [{ taskId: "t", attempt: 1, startedAt: 1 }],
  });

  expect(done).toEqual(["end the children", "settle", "end the row"]);
});
