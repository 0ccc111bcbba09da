import { describe, expect, it } from "vitest";
import { SupervisorStage } from "../../test/support/supervisor-stage.ts";
import type { NewEvent } from "../domain/event.ts";
import { systemClock } from "./clock.ts";
import { Journal } from "./journal.ts";
import { Patience } from "./patience.ts";

async function openJournal() {
  const stage = await SupervisorStage.open();
  const said: NewEvent[] = [];
  const journal = new Journal({
    store: stage.store,
    clock: systemClock,
    patience: new Patience(0),
    onEvent: (event) => said.push(event),
    onError: (error) => stage.errors.push(error),
  });
  return { stage, said, journal };
}

describe("Journal", () => {
  it("keeps events in the order in which they were noted", async () => {
    const { stage, said, journal } = await openJournal();

    for (let count = 0; count < 20; count++) {
      void journal.note({ type: "pool_started", data: { count } });
    }
    await journal.flush();

    const kept = await stage.eventsOf("pool_started");
    expect(kept.map(({ data }) => data?.count)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(said).toHaveLength(20);
  });

  it("stops nobody when an event cannot be kept", async () => {
    const { stage, journal } = await openJournal();
    await stage.store.close();

    await journal.note({ type: "pool_started" });

    expect(stage.errors).toMatchObject([{ code: "store_closed" }]);
  });
});
