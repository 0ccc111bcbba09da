import { randomUUID } from "node:crypto";
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { connect } from "../../src/client/connect.ts";
import { callerBeside } from "../support/docker/caller.ts";
import { Compose, composeForTests } from "../support/docker/compose.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import { isReachedFrom, letThrough, startListener } from "../support/docker/listener.ts";
import { type OurImages, ourImages } from "../support/docker/our-images.ts";
import { freePort } from "../support/free-port.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();
const program = engine === undefined ? undefined : composeForTests();
const file = fileURLToPath(new URL("../../docker-compose.yaml", import.meta.url));

describe.skipIf(program === undefined)("docker-compose.yaml", () => {
  let images: OurImages = {};

  beforeAll(async () => {
    const types = ["command", "drawio", "notebook", "plantuml", "server"] as const;
    images = await ourImages(engine as Docker, ...types);
  }, 240_000);

  it("starts a server and workers of each type, which do tasks and outlive its restart", {
    timeout: 120_000,
  }, async ({ skip }) => {
    const docker = engine as Docker;
    const listener = await startListener(docker);
    const isFree = await isReachedFrom(docker, listener.network, listener);
    if (!isFree && process.getuid?.() !== 0) {
      const why = "another engine's rules keep containers of this one from each other";
      process.stderr.write(`\n*** COMPOSE TEST SKIPPED: ${why} ***\n\n`);
      skip(why);
    }
    const folder = mkdtempSync(join(tmpdir(), "clx-compose-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { uid } = callerBeside(docker);
    chownSync(folder, uid, uid);
    const port = await freePort();
    const network = `clx-test-${newName()}`;
    const compose = new Compose({
      ...{ program: program ?? [], file, cwd: folder, project: `clx-test-${newName()}` },
      env: {
        ...{ CLX_REGISTRY: "clx-test", CLX_TAG: images.server?.split(":")[1] ?? "" },
        ...{ CLX_UID: String(uid), CLX_GID: String(uid), CLX_PORT: String(port) },
        CLX_NETWORK: network,
      },
    });

    await compose.do("up", "--detach");
    if (!isFree) await letThrough(docker, network);
    const make = ["clx", "keys", "create", "me", "--role", "operator"];
    const key = await compose.do("exec", "-T", "server", ...make);
    const clx = connect({ url: `http://127.0.0.1:${port}`, key, retries: 8 });
    const here = async () => {
      const { workers } = await clx.workers.list();
      return new Set(workers.map(({ type }) => type)).size === 4;
    };
    await until(here, { withinMs: 60_000, what: "a worker of each type" });
    const ownName = { argv: ["sh", "-c", "id -u > who"], cwd: folder };
    const first = await clx.submit({ type: "command", payload: ownName });

    expect(await clx.wait(first.taskId)).toMatchObject({
      ...{ status: "completed", result: { exitCode: 0 } },
    });
    expect(readFileSync(join(folder, "who"), "utf8").trim()).toBe(String(uid));
    expect(statSync(join(folder, "who")).uid).toBe(uid);

    await compose.do("restart", "server");
    writeFileSync(join(folder, "arrow.puml"), "@startuml\nA -> B\n@enduml\n");
    const drawing = { source: join(folder, "arrow.puml"), output: join(folder, "arrow.svg") };
    const second = await clx.submit({ type: "plantuml", payload: drawing, key: "arrow" });

    expect(await clx.wait(second.taskId)).toMatchObject({ status: "completed" });
    expect(readFileSync(drawing.output, "utf8")).toContain("<svg");
  });
});

function newName(): string {
  return randomUUID().slice(0, 8);
}
