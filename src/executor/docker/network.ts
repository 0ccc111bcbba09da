import type Docker from "dockerode";
import { statusOf, unlessGone } from "./engine.ts";

/**
 * Sees to it that the network is there. One that we make has no way out of the machine; one that
 * somebody else made is used as it is.
 */
export async function ensureNetwork(docker: Docker, name: string): Promise<void> {
  if ((await unlessGone(docker.getNetwork(name).inspect())) !== undefined) return;
  try {
    await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Internal: true,
      Labels: { "clx.network": "true" },
    });
  } catch (error) {
    if (statusOf(error) !== 409) throw error; // else somebody has just made it
  }
}
