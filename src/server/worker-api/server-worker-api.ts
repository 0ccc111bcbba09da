import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Context } from "hono";
import { WorkerApi } from "../../link/api/worker-api.ts";
import { workerApiPlace } from "../../link/api/worker-api-host.ts";
import { WorkerTokens } from "../../link/api/worker-tokens.ts";
import { requestIdOf } from "../incoming/request-id.ts";
import { finish } from "../outgoing/finish.ts";
import { perServer } from "../per-server.ts";
import type { ServerContext } from "../server-context.ts";

/** The tokens of the project's workers; its secret is made when it is first needed. */
export const workerTokensOf = perServer(({ settings }) => {
  const { secretPath } = workerApiPlace(settings.databasePath, "server");
  mkdirSync(dirname(secretPath), { recursive: true, mode: 0o700 });
  return WorkerTokens.at(secretPath);
});

const apis = new WeakMap<ServerContext, WorkerApi>();

/** For workers of other machines; `docs/worker-api.md`. They show tokens of their own, not keys. */
function workerApiOf(server: ServerContext): WorkerApi {
  const known = apis.get(server);
  if (known !== undefined) return known;
  const { store, clock } = server;
  const api = new WorkerApi({
    ...{ store, tokens: workerTokensOf(server), now: () => clock.now() },
    onError: (error) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      server.log("error", `the worker API: ${why}`);
    },
  });
  apis.set(server, api);
  return api;
}

/** Workers that wait for a ring are answered, and come again to the next server. */
export function closeWorkerApi(server: ServerContext): void {
  apis.get(server)?.close();
}

export async function answerWorker(http: Context, server: ServerContext): Promise<Response> {
  const requestId = requestIdOf(http.req.raw, server.clock.now());
  return finish(await workerApiOf(server).fetch(http.req.raw), http, requestId);
}
