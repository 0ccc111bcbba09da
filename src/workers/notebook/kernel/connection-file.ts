import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { KernelFolder } from "./kernel-folder.ts";
import type { KernelSpec } from "./kernelspecs.ts";

const channels = ["shell", "iopub", "stdin", "control", "hb"] as const;

type Channel = (typeof channels)[number];

export interface Connection {
  readonly file: string;
  readonly key: string;
  address(channel: Channel): string;
}

/** A socket's path may have little more than a hundred characters. */
const longestPath = 90;

/**
 * Says to a kernel where it shall be found. Python's take sockets in a folder that is ours
 * alone; the others get ports of this machine, which were free a moment ago.
 */
export async function makeConnection(spec: KernelSpec, folder: KernelFolder): Promise<Connection> {
  const key = randomBytes(32).toString("hex");
  const prefix = join(folder.path, "ipc");
  const usesFiles =
    spec.language.toLowerCase() === "python" &&
    process.platform !== "win32" &&
    prefix.length < longestPath;
  const ports = usesFiles ? [1, 2, 3, 4, 5] : await freePorts(channels.length);
  const portOf = (channel: Channel) => ports[channels.indexOf(channel)] ?? 0;
  const document = {
    transport: usesFiles ? "ipc" : "tcp",
    ip: usesFiles ? prefix : "127.0.0.1",
    ...Object.fromEntries(channels.map((channel) => [`${channel}_port`, portOf(channel)])),
    ...{ key, signature_scheme: "hmac-sha256", kernel_name: spec.name },
  };
  return {
    file: await folder.writeSecret("connection.json", JSON.stringify(document)),
    key,
    address: (channel) =>
      usesFiles ? `ipc://${prefix}-${portOf(channel)}` : `tcp://127.0.0.1:${portOf(channel)}`,
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
