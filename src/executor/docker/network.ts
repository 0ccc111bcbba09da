import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { inTime, reasonOf, statusOf } from "./engine.ts";
import { madeInTime } from "./made-in-time.ts";

/** These are the engine's own. */
const predefined: ReadonlySet<string> = new Set(["none", "host", "bridge"]);

/** How long somebody who made one too many may take to remove it. */
const settleMs = 5_000;

/**
 * Sees to it that the network is there; what containers are told to join. One that we make has no
 * way out of the machine; one that somebody else made is used as it is.
 *
 * An engine makes two networks of one name when it is asked by two at once, and then starts no
 * container with either. The oldest stays: whoever made another takes it away again, and everybody
 * waits for that.
 */
export async function ensureNetwork(docker: Docker, name: string): Promise<string> {
  if (predefined.has(name)) return name;
  const known = await networksNamed(docker, name);
  const made = known.length === 0 ? await makeNetwork(docker, name) : undefined;
  const deadline = performance.now() + settleMs;
  for (;;) {
    const [oldest, ...younger] = await networksNamed(docker, name);
    if (oldest === undefined) return name; // somebody has just removed it: the start will say so
    if (younger.length === 0) return oldest.Id;
    const isLate = performance.now() > deadline;
    for (const { Id } of younger) {
      if (Id === made?.id || isLate) await inTime(docker.getNetwork(Id).remove()).catch(() => {});
    }
    if (isLate) return oldest.Id;
    await sleep(25);
  }
}

async function makeNetwork(docker: Docker, name: string): Promise<Docker.Network | undefined> {
  try {
    const made = docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Internal: true,
      Labels: { "clx.network": "true" },
    });
    return await madeInTime(made, { what: `made the network ${name}` });
  } catch (error) {
    if (statusOf(error) === 409 || isAmbiguous(error)) return undefined; // others have just made it
    throw error;
  }
}

/** There are two networks of one name, for a moment. */
export function isAmbiguous(error: unknown): boolean {
  return /is ambiguous/.test(reasonOf(error));
}

/** The oldest first. */
async function networksNamed(docker: Docker, name: string): Promise<Docker.NetworkInspectInfo[]> {
  const found = await inTime(docker.listNetworks({ filters: { name: [name] } }));
  const age = ({ Created, Id }: Docker.NetworkInspectInfo) => `${Created} ${Id}`;
  return found.filter(({ Name }) => Name === name).toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
}
