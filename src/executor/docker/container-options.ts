import { dirname } from "node:path";
import type Docker from "dockerode";
import { type FolderAccess, type FolderGrant, imageLayout } from "../../domain/container.ts";
import { type ContainerSettings, containerLabels } from "../../domain/container-settings.ts";
import { type HostKind, pathInside, urlInside } from "../../domain/host-kind.ts";
import type { LaunchDocument } from "../../domain/launch.ts";
import type { ProcessIdentity } from "../../domain/worker.ts";
import type { StartOrder } from "../executor.ts";
import { nodeFlags } from "../node-flags.ts";
import type { EngineTraits } from "./engine.ts";

export interface ContainerParams {
  readonly order: StartOrder;
  readonly image: string;
  readonly settings: ContainerSettings;
  /** The file that Node runs in the container. */
  readonly entry: string;
  /** `uid:gid` of whoever shall own what it writes. */
  readonly user: string | undefined;
  readonly supervisor: ProcessIdentity;
  readonly network: string;
  readonly host: HostKind;
  readonly traits: EngineTraits;
}

/** What the engine is told to make. Pure. */
export function containerOptions(params: ContainerParams): Docker.ContainerCreateOptions {
  const { order, settings, user, traits } = params;
  const { workerId, leaveWithParent } = order.launch;
  return {
    name: `clx-${workerId}`,
    Image: params.image,
    Entrypoint: ["node"],
    Cmd: [...nodeFlags(order.memoryLimit), params.entry, lifelineIsStdin],
    Env: environment(order),
    Labels: labels(params),
    ...(user !== undefined && { User: user }),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: leaveWithParent,
      Init: true,
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "rw,nosuid,nodev,exec,mode=1777" },
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", ...(traits.hasSelinux ? ["label=disable"] : [])],
      NetworkMode: params.network,
      PidsLimit: settings.pidsLimit,
      ...(order.memoryLimit !== undefined && {
        Memory: order.memoryLimit,
        MemorySwap: order.memoryLimit,
      }),
      ...(settings.cpus !== undefined && { NanoCpus: Math.round(settings.cpus * 1e9) }),
      Mounts: grantsOf(order).map((grant) => mountOf(grant, params.host)),
      LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "1" } },
    },
  };
}

/** What the worker's entry is told: its lifeline is file descriptor 0. */
const lifelineIsStdin = "0";

/** All that a worker needs of this machine; of two grants for one folder the wider counts. */
export function grantsOf({ launch, folders = [] }: StartOrder): FolderGrant[] {
  const grants = new Map<string, FolderAccess>();
  const needed: FolderGrant[] = [
    ...folders,
    { path: launch.checkpointFolder, access: "write" },
    ...folderOfLink(launch),
  ];
  for (const { path, access } of needed) {
    if (access === "write" || grants.get(path) !== "write") grants.set(path, access);
  }
  return [...grants].map(([path, access]) => ({ path, access }));
}

/** A database has files beside it, and a socket comes and goes: it is the folder that is mounted. */
function folderOfLink({ link }: LaunchDocument): FolderGrant[] {
  if (link.kind === "store") return [{ path: dirname(link.path), access: "write" }];
  const [, socket] = /^unix:(.*)$/.exec(link.address) ?? [];
  return socket === undefined ? [] : [{ path: dirname(socket), access: "read" }];
}

function mountOf({ path, access }: FolderGrant, host: HostKind): Docker.MountSettings {
  const target = pathInside(path, host);
  if (access === "hidden") {
    return { Type: "tmpfs", Target: target, Source: "", ReadOnly: true };
  }
  return { Type: "bind", Source: path, Target: target, ReadOnly: access === "read" };
}

function environment({ env, launch: { workerId } }: StartOrder): string[] {
  const all = { HOME: "/tmp", ...env, WORKER_ID: workerId, CLX_WORKER_ID: workerId };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

function labels({ order: { launch }, supervisor }: ContainerParams): Record<string, string> {
  const { pid, startedAt, host } = supervisor;
  return {
    [containerLabels.worker]: launch.workerId,
    [containerLabels.type]: launch.type,
    [containerLabels.supervisor]: JSON.stringify({ pid, startedAt, host }),
    [containerLabels.persistent]: String(!launch.leaveWithParent),
    [containerLabels.project]: dirname(launch.checkpointFolder),
  };
}

const ownWorkers = new URL("../../workers/", import.meta.url).href;

/** What the worker is told: with the paths that it finds inside. Its log is ours to keep. */
export function launchInside(launch: LaunchDocument, host: HostKind): LaunchDocument {
  const { logPath: _, ...told } = launch;
  const { link, handler, checkpointFolder } = told;
  return {
    ...told,
    handler: handlerInside(handler, host),
    checkpointFolder: pathInside(checkpointFolder, host),
    link: link.kind === "store" ? { ...link, path: pathInside(link.path, host) } : link,
  };
}

/** What a worker gets of our environment, on its lifeline. */
export function passedOn({ passEnv = [] }: Partial<ContainerSettings> = {}): {
  readonly [name: string]: string;
} {
  const found = passEnv.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Modules that ship with us are in the image; those of others are where they are on this machine. */
function handlerInside(handler: string, host: HostKind): string {
  if (!handler.startsWith(ownWorkers)) return urlInside(handler, host);
  const path = handler.slice(ownWorkers.length).replace(/\.ts$/, ".js");
  return `file://${imageLayout.workersFolder}/${path}`;
}
