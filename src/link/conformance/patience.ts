import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { SettleParams } from "../../store/task-store.ts";
import type { WorkerLink } from "../worker-link.ts";
import {
  claimOf,
  completed,
  LinkStage,
  type OpenLinkSite,
  settleOf,
  theOnly,
} from "./link-site.ts";

/** Long enough for a call to be refused and to begin to wait. */
const awayMs = 300;

export function describePatience(open: OpenLinkSite): void {
  const begin = () => LinkStage.open(open);

  it("keeps an outcome while the store is away, and reports it once", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const settlement = await held(stage, { id, link });

    const comeBack = await stage.site.goAway();
    const settled = link.settle(settlement);
    await sleep(awayMs);
    await comeBack();

    await expect(settled).resolves.toMatchObject({ standings: ["accepted"] });
    await expect(stage.workerRow(id)).resolves.toMatchObject({ tasksCompleted: 1 });
  });

  it("is cut short for whoever has to end soon", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const settlement = await held(stage, { id, link });

    const comeBack = await stage.site.goAway();
    const before = link.settle(settlement);
    link.hurry(50);
    const after = link.settle(settlement);

    await expect(before).rejects.toMatchObject({ code: "store_busy" });
    await expect(after).rejects.toMatchObject({ code: "store_busy" });
    await comeBack();
  });

  it("ends with the link", async () => {
    const stage = await begin();
    const { id, link } = await stage.worker();
    const settlement = await held(stage, { id, link });

    const comeBack = await stage.site.goAway();
    const settled = link.settle(settlement).catch((error: unknown) => error);
    await sleep(awayMs);
    link.hurry(50);
    await link.close().catch(() => {});

    await expect(settled).resolves.toMatchObject({ name: "ClxError" });
    await comeBack();
  });
}

/** The settlement of a task that the worker has just been given. */
async function held(stage: LinkStage, { id, link }: Held): Promise<SettleParams> {
  await stage.submit();
  return settleOf(id, [completed(theOnly((await link.claim(claimOf(id))).tasks))]);
}

interface Held {
  readonly id: string;
  readonly link: WorkerLink;
}
