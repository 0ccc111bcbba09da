import type Docker from "dockerode";
import { statusOf } from "./engine.ts";

/** These are the engine's own. */
const predefined: ReadonlySet<string> = new Set(["none", "host", "bridge"]);

/**
 * Sees to it that the network is there; what containers are told to join. One that we make has no
 * way out of the machine; one that somebody else made is used as it is.
 *
 * An engine makes two networks of one name when it is asked by two at once. So networks are told
 * apart by their ids; all use the oldest, and whoever made another takes it away again.
 */
export async function ensureNetwork(docker: Docker, name: string): Promise<string> {
  if (predefined.has(name)) return name;
  const [known] = await networksNamed(docker, name);
  if (known !== undefined) return known.Id;
  const made = await makeNetwork(docker, name);
  const [oldest] = await networksNamed(docker, name);
  if (oldest === undefined) return name; // somebody has just removed it: the start will say so
  if (made !== undefined && made.id !== oldest.Id) await made.remove().catch(() => {});
  return oldest.Id;
}

async function makeNetwork(docker: Docker, name: string): Promise<Docker.Network | undefined> {
  try {
    return await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Internal: true,
      Labels: { "clx.network": "true" },
    });
  } catch (error) {
    if (statusOf(error) === 409) return undefined; // somebody has just made it
    throw error;
  }
}

/** The oldest first. */
async function networksNamed(docker: Docker, name: string): Promise<Docker.NetworkInspectInfo[]> {
  const found = await docker.listNetworks({ filters: { name: [name] } });
  const age = ({ Created, Id }: Docker.NetworkInspectInfo) => `${Created} ${Id}`;
  return found.filter(({ Name }) => Name === name).toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
}
