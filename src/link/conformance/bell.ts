import { expect, it } from "vitest";
import type { WorkerLink } from "../worker-link.ts";
import { claimOf, LinkStage, type OpenLinkSite } from "./link-site.ts";

export function describeBell(open: OpenLinkSite): void {
  const begin = () => LinkStage.open(open);

  it("rings when there is work for a worker that found none", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const rings = listen(link, { workerId: id, type: "echo" });
    await link.claim(claimOf(id));

    const rung = rings.next();
    const taskId = await stage.submit();
    await rung;

    const { tasks } = await link.claim(claimOf(id));
    expect(tasks.map((task) => task.id)).toEqual([taskId]);
  });

  it("loses no ring, however close they come", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const rings = listen(link, { workerId: id, type: "echo" });
    await link.claim(claimOf(id));
    const done: string[] = [];
    const wanted: string[] = [];

    for (let left = 20; left > 0; left--) {
      const rung = rings.next();
      wanted.push(await stage.submit());
      await rung;
      for (;;) {
        const { tasks } = await link.claim(claimOf(id));
        if (tasks.length === 0) break;
        for (const task of tasks) {
          done.push(task.id);
          await link.settle({
            ...{ workerId: id, limit: 0, now: Date.now(), jitter: 0 },
            settlements: [
              { taskId: task.id, attempt: task.attempt, outcome: { kind: "completed" } },
            ],
          });
        }
      }
    }

    expect(done).toEqual(wanted);
  });

  it("rings when somebody wants something of the worker", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const rings = listen(link, { workerId: id });

    const rung = rings.next();
    await stage.store.changeWorker({ workerId: id, event: "drain", now: Date.now() });

    await expect(rung).resolves.toBeUndefined();
  });

  it("is silent once it is closed", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const other = listen(link, { workerId: id });
    const rings = listen(link, { workerId: id });
    rings.close();
    const before = rings.count();

    const rung = other.next();
    await stage.store.changeWorker({ workerId: id, event: "drain", now: Date.now() });
    await rung;

    expect(rings.count()).toBe(before);
  });
}

/** Links may ring too often: at first, for instance, so that nobody misses what came before. */
function listen(link: WorkerLink, params: Parameters<WorkerLink["watch"]>[0]) {
  let count = 0;
  let next = Promise.withResolvers<void>();
  const watch = link.watch(params, () => {
    count++;
    next.resolve();
  });
  return {
    count: () => count,
    next: () => {
      next = Promise.withResolvers<void>();
      return next.promise;
    },
    close: () => watch.close(),
  };
}
