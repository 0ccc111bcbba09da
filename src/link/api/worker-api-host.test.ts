import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ApiLinkSpec } from "../../domain/launch.ts";
import { openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { openLink } from "../open-link.ts";
import { WorkerApiHost, type WorkerApiKeeper, workerApiPlace } from "./worker-api-host.ts";

async function begin(folderName = "here") {
  const folder = mkdtempSync(join(tmpdir(), "clx-host-"));
  const path = join(folder, folderName, "clx.db");
  mkdirSync(join(folder, folderName), { recursive: true });
  const store = await openSqliteStore({ path });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const hostFor = (keeper: WorkerApiKeeper, tcp?: { readonly hosts: readonly string[] }) => {
    const place = workerApiPlace(path, keeper);
    const host = new WorkerApiHost({ store, place, ...(tcp && { tcp }) });
    onTestFinished(() => host.close());
    return host;
  };
  return { path, store, hostFor };
}

async function answers(spec: ApiLinkSpec): Promise<boolean> {
  const link = await openLink({ ...spec, patienceMs: 0 });
  try {
    const { standing } = await link.renew({ workerId: "nobody", now: 0, leaseMs: 1_000 });
    return standing === "gone";
  } finally {
    await link.close();
  }
}

/** As a process does that is killed while it listens. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.new`);
  await once(server, "listening");
  renameSync(`${path}.new`, path);
  server.close();
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("the host of the worker API", () => {
  it("leaves no trace until somebody asks for a link", async () => {
    const { path, hostFor } = await begin();

    await hostFor("services").close();

    expect(existsSync(`${path}-workers`)).toBe(false);
  });

  it("keeps its socket to its user, in a folder with nothing else, and the secret out of it", async () => {
    const { path, hostFor } = await begin();
    const host = hostFor("services");

    const spec = await host.linkFor("nobody");

    const folder = host.socketFolder ?? "";
    expect(spec.address).toBe(`unix:${join(folder, "api.sock")}`);
    expect(readdirSync(folder)).toEqual(["api.sock"]);
    expect([modeOf(folder), modeOf(join(folder, "api.sock"))]).toEqual(["700", "600"]);
    expect(modeOf(`${path}-workers`)).toBe("700");
    expect(modeOf(join(`${path}-workers`, "secret"))).toBe("600");
    await expect(answers(spec)).resolves.toBe(true);
  });

  it("is found by its workers where the last one was, with the same tokens", async () => {
    const { hostFor } = await begin();
    const first = hostFor("services");
    const spec = await first.linkFor("nobody");
    await first.close();

    const second = hostFor("services");
    await second.open();

    await expect(answers(spec)).resolves.toBe(true);
    await expect(second.linkFor("nobody")).resolves.toEqual(spec);
  });

  it("takes the place of one that was killed, and of none that lives", async () => {
    const { hostFor } = await begin();
    const first = hostFor("services");
    const spec = await first.linkFor("nobody");

    const second = hostFor("services").open();

    await expect(second).rejects.toMatchObject({ code: "conflict" });
    await expect(answers(spec)).resolves.toBe(true);
    await first.close();
    const socket = spec.address.replace(/^unix:/, "");
    await leaveSocket(socket);
    await hostFor("services").open();
    await expect(answers(spec)).resolves.toBe(true);
  });

  it("can be where a socket's name would be too long", async () => {
    const { hostFor } = await begin("a-folder-with-a-long-name/".repeat(8));
    const host = hostFor("services");

    const spec = await host.linkFor("nobody");

    expect(spec.address.length).toBeGreaterThan(200);
    await expect(answers(spec)).resolves.toBe(true);
  });

  it("is told where its folder is seen by the worker", async () => {
    const { hostFor } = await begin();

    const { address } = await hostFor("server").linkFor("nobody", { folderAt: "/run/clx" });

    expect(address).toBe("unix:/run/clx/api.sock");
  });

  it("of a run removes its folder, and those of runs that were killed", async () => {
    const { path, hostFor } = await begin();
    const left = join(`${path}-workers`, "run-killed");
    mkdirSync(left, { recursive: true });
    utimesSync(left, new Date(0), new Date(0));
    const other = hostFor({ run: "other" });
    await other.open();
    utimesSync(other.socketFolder ?? "", new Date(0), new Date(0));

    const host = hostFor({ run: "one" });
    const spec = await host.linkFor("nobody");

    await expect(answers(spec)).resolves.toBe(true);
    expect(readdirSync(`${path}-workers`).toSorted()).toEqual(["run-one", "run-other", "secret"]);
    await host.close();
    await other.close();
    expect(readdirSync(`${path}-workers`)).toEqual(["secret"]);
  });

  it("minds no place that somebody else removes while it looks for those that were left", async () => {
    const { path, hostFor } = await begin();
    mkdirSync(`${path}-workers`);
    symlinkSync(join(path, "..", "gone"), join(`${path}-workers`, "run-gone")); // named, and nothing behind it

    const spec = await hostFor({ run: "one" }).linkFor("nobody");

    await expect(answers(spec)).resolves.toBe(true);
  });

  it("comes back to its port", async () => {
    const { hostFor } = await begin();
    const tcp = { hosts: ["127.0.0.1"] };
    const first = hostFor("services", tcp);
    const spec = await first.linkFor("nobody");
    await first.close();

    const second = hostFor("services", tcp);

    await expect(second.linkFor("nobody")).resolves.toEqual(spec);
    expect(second.socketFolder).toBeUndefined();
    await expect(answers(spec)).resolves.toBe(true);
  });

  it("takes another port when its own is somebody else's by now", async () => {
    const { hostFor } = await begin();
    const tcp = { hosts: ["127.0.0.1"] };
    const first = hostFor("services", tcp);
    const { address } = await first.linkFor("nobody");
    await first.close();
    const other = createServer().listen(Number(new URL(address).port), "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());

    const spec = await hostFor("services", tcp).linkFor("nobody");

    expect(spec.address).not.toBe(address);
    await expect(answers(spec)).resolves.toBe(true);
  });

  it("gives no links once it is closed", async () => {
    const { hostFor } = await begin();
    const host = hostFor("services");
    const spec = await host.linkFor("nobody");

    await host.close();

    await expect(host.linkFor("nobody")).rejects.toMatchObject({ code: "interrupted" });
    await expect(answers(spec)).rejects.toMatchObject({ code: "unreachable" });
    expect(existsSync(spec.address.replace(/^unix:/, ""))).toBe(false);
  });

  it("says what to do about a secret that is none", async () => {
    const { path, hostFor } = await begin();
    await hostFor("services").open();
    const secret = join(`${path}-workers`, "secret");
    const before = readFileSync(secret, "utf8");
    rmSync(secret);
    writeFileSync(secret, before.slice(0, 10));

    await expect(hostFor("server").open()).rejects.toThrow(/delete it/);
  });
});
