import { HttpCaller } from "./http-caller.ts";
import { pathOf } from "./protocol.ts";

export interface DrainAtServerParams {
  readonly address: string;
  /** The worker's own. */
  readonly token: string;
}

const quietMs = 5_000;

/** Lets those who look at a server's workers know that this one finishes what it has, and leaves. */
export async function drainAtServer(params: DrainAtServerParams): Promise<void> {
  const caller = await HttpCaller.open(params);
  try {
    await caller.call({ path: pathOf("drain"), body: {}, quietMs });
  } finally {
    caller.close();
  }
}
