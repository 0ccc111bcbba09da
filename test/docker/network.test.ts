import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultContainer } from "../../src/domain/container-settings.ts";
import { copyBaseImage, openCheckoutStage } from "../support/docker/checkout-stage.ts";
import { dockerForTests } from "../support/docker/engine.ts";
import {
  type Address,
  listenAfar,
  listenBeside,
  listeningProgram,
} from "../support/docker/machines.ts";
import { hasDockerd, OwnEngine } from "../support/docker/own-engine.ts";
import { runInContainer } from "../support/docker/run-in-container.ts";
import { until } from "../support/until.ts";

const engine = await dockerForTests();

/** Names those that it reaches. */
const reach = `
  const { connect } = require("node:net");
  const reached = ({ host, port }) => new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    socket.on("connect", () => resolve(true));
    socket.on("timeout", () => resolve(false)).on("error", () => resolve(false));
  });
  const wanted = Object.entries(JSON.parse(process.argv[1]));
  Promise.all(wanted.map(async ([name, address]) => ((await reached(address)) ? [name] : [])))
    .then((names) => { console.log(JSON.stringify(names.flat())); process.exit(); });`;

/** The engine writes its rules, as it does where people use it. */
describe.skipIf(engine === undefined || !hasDockerd())("the network of a container", () => {
  it("leads to no other machine and no other network, but to services of its own machine; none leads nowhere", {
    timeout: 180_000,
  }, async () => {
    const own = await OwnEngine.start({ hasOwnNetwork: true });
    const { docker } = own;
    const image = await copyBaseImage(own, engine as Docker);
    const afar = await listenAfar(own);
    const beside = await listenBeside(own);
    const stranger = await startStranger(docker, image);
    const open = (await docker.createNetwork({ Name: "open" })) as Docker.Network;

    const ours = await reachedFromWorker("clx_app-network");
    const nowhere = await reachedFromWorker("none");
    const usual = await reachedFrom("open", { afar });
    const neighbour = await reachedFrom("strangers", { stranger });
    const between = await reachedFrom("open", { stranger });

    expect({ usual, neighbour, between }).toEqual({
      usual: ["afar"],
      neighbour: ["stranger"],
      between: [],
    });
    expect({ ours, nowhere }).toEqual({ ours: ["beside"], nowhere: [] });
    await open.remove();

    async function reachedFrom(
      network: string,
      wanted: Readonly<Record<string, Address>>,
    ): Promise<readonly string[]> {
      const argv = ["node", "-e", reach, JSON.stringify(wanted)];
      const said = await runInContainer(docker, { image, user: "4321:4321", network, argv });
      return JSON.parse(said) as string[];
    }

    async function reachedFromWorker(network: string): Promise<readonly string[]> {
      const container = { ...defaultContainer, network, pull: "never" } as const;
      const { site, supervisor } = await openCheckoutStage({ own, image, pool: { container } });
      const gateway = network === "none" ? "127.0.0.1" : await gatewayOf(docker, network);
      const wanted = { afar, stranger, beside: { host: gateway, port: beside } };
      const id = await site.submit(`node -e '${reach}' '${JSON.stringify(wanted)}' > reached`);
      await until(async () => (await site.stage.task(id)).state === "completed");
      await supervisor.stop();
      return JSON.parse(readFileSync(join(site.outputs, "reached"), "utf8")) as string[];
    }
  });
});

async function gatewayOf(docker: Docker, network: string): Promise<string> {
  const { IPAM } = await docker.getNetwork(network).inspect();
  return IPAM?.Config?.[0]?.Gateway ?? "";
}

/** A container that listens in a network of its own. */
async function startStranger(docker: Docker, image: string): Promise<Address> {
  await docker.createNetwork({ Name: "strangers" });
  const container = await docker.createContainer({
    ...{ Image: image, Cmd: ["node", "-e", listeningProgram(8_000)] },
    HostConfig: { NetworkMode: "strangers", Init: true },
  });
  onTestFinished(() => container.remove({ force: true }).catch(() => {}));
  await container.start();
  await until(async () =>
    String(await container.logs({ stdout: true })).includes("listening") ? true : undefined,
  );
  const { NetworkSettings } = await container.inspect();
  return { host: NetworkSettings.Networks.strangers?.IPAddress ?? "", port: 8_000 };
}
