import { ClxError } from "../../domain/errors.ts";
import { dockerClient, inTime, reachEngine } from "./engine.ts";
import { ensureNetwork } from "./network.ts";

/** Where this machine has to listen for containers of a network, and what they call it. */
export interface Bridge {
  readonly hosts: readonly string[];
  readonly advertisedHost: string;
}

const loopback = "127.0.0.1";

/**
 * The loopback, and the address of the network's bridge. The engine of Docker Desktop is in a
 * virtual machine, which has a name for us.
 *
 * @throws ClxError `docker_unavailable`, `docker_forbidden`, `invalid_value` for a network without an address
 */
export async function findBridge(network: string): Promise<Bridge> {
  const { docker, traits } = await reachEngine(await dockerClient());
  if (traits.isDesktop) return { hosts: [loopback], advertisedHost: "host.docker.internal" };
  if (network === "host") return { hosts: [loopback], advertisedHost: loopback };
  const id = await ensureNetwork(docker, network);
  const { IPAM } = await inTime(docker.getNetwork(id).inspect());
  const gateway = IPAM?.Config?.find(({ Gateway }) => Gateway !== undefined)?.Gateway;
  if (gateway === undefined) {
    throw new ClxError(
      "invalid_value",
      `the Docker network ${network} has no address at which containers could reach this machine; name another one (workers.docker_network), or set workers.docker_link = "api"`,
    );
  }
  return { hosts: [loopback, gateway], advertisedHost: gateway };
}
