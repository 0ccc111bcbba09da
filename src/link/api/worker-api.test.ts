import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { openApiLinkSite } from "../../../test/support/link-sites.ts";
import { until } from "../../../test/support/until.ts";
import { activationOf, claimOf, LinkStage } from "../conformance/link-site.ts";
import { pathOf, protocolVersion, versionHeader } from "./protocol.ts";
import { WorkerApi } from "./worker-api.ts";
import { WorkerTokens } from "./worker-tokens.ts";

/** A worker, and an API that counts how often it looks for tasks. */
async function begin() {
  const stage = await LinkStage.open(openApiLinkSite);
  const id = await stage.registered();
  await stage.store.activateWorker(activationOf(id));
  const tokens = new WorkerTokens(randomBytes(32));
  let looks = 0;
  const now = () => {
    looks++;
    return Date.now();
  };
  const api = new WorkerApi({ store: stage.store, tokens, now });
  onTestFinished(() => api.close());
  const ask = async (operation: "claim" | "watch", body: object): Promise<Response> =>
    await api.fetch(
      new Request(`http://here${pathOf(operation)}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${tokens.tokenOf(id)}`,
          [versionHeader]: String(protocolVersion),
        },
        body: JSON.stringify(body),
      }),
    );
  return { stage, api, ask, looks: () => looks };
}

it("a claim that waits is answered when the API closes, and looks for nothing more", async () => {
  const { stage, api, ask, looks } = await begin();
  const claim = ask("claim", { limit: 1, inHand: [], waitMs: 25_000 });
  await until(() => looks() > 0);
  const other = await stage.registered();
  await stage.store.claim(claimOf(other)); // it has looked by now
  await setImmediate();

  api.close();
  const answer = await claim;

  expect(answer.status).toBe(200);
  await expect(answer.json()).resolves.toMatchObject({ tasks: [], standing: "live" });
  expect(looks()).toBe(1);
});

it("whoever asks a closed API is told to come again, also in the middle of a question", async () => {
  const { api, ask } = await begin();

  const early = ask("watch", { waitMs: 25_000 });
  api.close();
  const late = ask("watch", { waitMs: 25_000 });

  for (const answer of [await early, await late]) {
    expect(answer.status).toBe(503);
    await expect(answer.json()).resolves.toMatchObject({ error: { code: "shutting_down" } });
  }
});
