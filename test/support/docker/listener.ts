import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type Docker from "dockerode";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";
import { imageBase } from "./our-images.ts";
import { runInContainer } from "./run-in-container.ts";

/** A container that listens, in a network of its own; both go with the test. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  readonly network: string;
}

export async function startListener(docker: Docker): Promise<Listener> {
  const network = await newNetwork(docker);
  const program = "require('node:net').createServer((one) => one.end()).listen(8000)";
  const container = await docker.createContainer({
    ...{ Image: await imageBase(docker), Cmd: ["node", "-e", program] },
    HostConfig: { NetworkMode: network, AutoRemove: true, Init: true },
  });
  onTestFinished(() => container.remove({ force: true }).catch(() => {}));
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const host = NetworkSettings.Networks[network]?.IPAddress ?? "";
  const listener = { host, port: 8000, network };
  await until(() => listens(listener), { what: "the listener to be reached from here" });
  return listener;
}

/** What an engine and the rules of its machine let through is not the same everywhere. */
export async function isReachedFrom(
  docker: Docker,
  network: string,
  { host, port }: Listener,
): Promise<boolean> {
  const program = `
    const socket = require("node:net").connect({ host: "${host}", port: ${port}, timeout: 2000 });
    const say = (what) => () => { console.log(what); process.exit(); };
    socket.on("connect", say("reached")).on("timeout", say("late")).on("error", say("refused"));`;
  const said = await runInContainer(docker, {
    ...{ image: await imageBase(docker), user: "4321:4321", network },
    argv: ["node", "-e", program],
  });
  return said.includes("reached");
}

/**
 * Where another engine runs, its rules drop what containers of this one say to each other. For a
 * network of the test's own the administrator may say otherwise, until the test has ended.
 */
export async function letThrough(docker: Docker, network: string): Promise<void> {
  const { Id } = (await docker.getNetwork(network).inspect()) as { Id: string };
  const bridge = `br-${Id.slice(0, 12)}`;
  const rule = ["FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT"];
  execFileSync("iptables", ["-w", "-I", ...rule]);
  onTestFinished(() => void execFileSync("iptables", ["-w", "-D", ...rule]));
}

export async function newNetwork(docker: Docker): Promise<string> {
  const name = `clx-test-${randomUUID().slice(0, 8)}`;
  const network = await docker.createNetwork({ Name: name });
  onTestFinished(() => network.remove());
  return name;
}

async function listens({ host, port }: Listener): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
