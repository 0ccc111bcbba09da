import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TcpWish, WorkerApiHost, workerApiPlace } from "../../src/link/api/worker-api-host.ts";
import type { LinkSite } from "../../src/link/conformance/link-site.ts";
import { openLink } from "../../src/link/open-link.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { openBeside } from "./open-beside.ts";

/** Links that open the database; away means that somebody has locked it. */
export async function openStoreLinkSite(): Promise<LinkSite> {
  const folder = mkdtempSync(join(tmpdir(), "clx-link-"));
  const path = join(folder, "clx.db");
  const store = await openSqliteStore({ path });
  return {
    store,
    openLink: ({ patienceMs }) => openLink({ kind: "store", path, patienceMs }),
    goAway: async () => {
      const lock = openBeside(path);
      lock.exec("begin immediate");
      return async () => lock.close();
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Links by the worker API; away means that nobody serves it. */
export async function openApiLinkSite(
  where: { readonly tcp?: TcpWish; readonly folderName?: string } = {},
): Promise<LinkSite & { readonly host: () => WorkerApiHost }> {
  const folder = mkdtempSync(join(tmpdir(), "clx-link-"));
  const path = join(folder, "clx.db");
  const store = await openSqliteStore({ path });
  const place = workerApiPlace(join(folder, where.folderName ?? "clx.db"), "services");
  const newHost = () => new WorkerApiHost({ store, place, ...(where.tcp && { tcp: where.tcp }) });
  let host = newHost();
  return {
    store,
    host: () => host,
    openLink: async ({ workerId, patienceMs }) =>
      openLink(await host.linkFor(workerId, { patienceMs })),
    goAway: async () => {
      await host.close();
      return async () => {
        host = newHost();
        await host.open();
      };
    },
    close: async () => {
      await host.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
