import { expect, it } from "vitest";
import { type Begin, numbered, someProcess } from "./stage.ts";

const GiB = 2 ** 30;

export function describeMemory(begin: Begin): void {
  it("passes over a task that expects more than is free, for one that fits", async () => {
    const stage = await begin();
    const large = await stage.submit({ expectedMemory: 8 * GiB, priority: 1 });
    const small = await stage.submit({ expectedMemory: 1 * GiB });
    const worker = await stage.worker({ expectedMemory: 1 * GiB });

    const { tasks } = await stage.claim(worker, { limit: 2, memoryFree: 6 * GiB });

    expect(tasks.map(({ id }) => id)).toEqual([small.id]);
    expect(await stage.task(large.id)).toMatchObject({ state: "pending" });
  });

  it("gives it when the machine has the room", async () => {
    const stage = await begin();
    const large = await stage.submit({ expectedMemory: 8 * GiB });
    const worker = await stage.worker({ expectedMemory: 1 * GiB });

    expect((await stage.claim(worker, { memoryFree: 7 * GiB })).tasks).toEqual([]);
    expect(await stage.claimTask(worker, { memoryFree: 8 * GiB })).toMatchObject({ id: large.id });
  });

  it("passes over nothing when nobody says what is free", async () => {
    const stage = await begin();
    const large = await stage.submit({ expectedMemory: 8 * GiB });

    expect(await stage.claimTask(await stage.worker())).toMatchObject({ id: large.id });
  });

  it("does not pass over a task that fits into what its worker reserves anyway", async () => {
    const stage = await begin();
    const task = await stage.submit({ expectedMemory: 8 * GiB });
    const worker = await stage.worker({ expectedMemory: 8 * GiB });

    expect(await stage.claimTask(worker, { memoryFree: 0 })).toMatchObject({ id: task.id });
  });

  it("leaves alone what other live workers of the host have reserved and not yet used", async () => {
    const stage = await begin();
    await stage.submit({ expectedMemory: 5 * GiB });
    const worker = await stage.worker();
    const neighbour = await stage.worker({ expectedMemory: 4 * GiB });
    const memoryFree = 8 * GiB;

    expect((await stage.claim(worker, { memoryFree })).tasks).toEqual([]);

    const usage = { memory: 2 * GiB, cpuPercent: 10, processes: 1 };
    await stage.store.renew({ workerId: neighbour, now: stage.now, leaseMs: 1, usage });
    expect((await stage.claim(worker, { memoryFree })).tasks).toHaveLength(1);
  });

  it("reserves for a worker what the tasks it runs expect", async () => {
    const stage = await begin();
    const tasks = numbered(2, () => stage.newTask({ expectedMemory: 5 * GiB }));
    await stage.store.submit({ tasks, now: stage.now });
    const [first, second] = [await stage.worker(), await stage.worker()];

    await stage.claimTask(first, { memoryFree: 8 * GiB });

    expect((await stage.claim(second, { memoryFree: 8 * GiB })).tasks).toEqual([]);
    expect((await stage.claim(second, { memoryFree: 10 * GiB })).tasks).toHaveLength(1);
  });

  it("counts the tasks of one claim together", async () => {
    const stage = await begin();
    const tasks = numbered(4, () => stage.newTask({ expectedMemory: 3 * GiB }));
    await stage.store.submit({ tasks, now: stage.now });

    const worker = await stage.worker({ concurrency: 4 });
    const claim = await stage.claim(worker, { limit: 4, memoryFree: 8 * GiB });

    expect(claim.tasks).toHaveLength(2);
  });

  it("counts neither ended workers nor those of other hosts", async () => {
    const stage = await begin();
    await stage.submit({ expectedMemory: 5 * GiB });
    const worker = await stage.worker();
    await stage.endWorker(await stage.worker({ expectedMemory: 4 * GiB }));
    await stage.worker({ expectedMemory: 4 * GiB }, someProcess({ host: "elsewhere" }));

    expect((await stage.claim(worker, { memoryFree: 5 * GiB })).tasks).toHaveLength(1);
  });
}
