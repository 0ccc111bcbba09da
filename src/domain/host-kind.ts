/** What Docker has to bridge: on `windows` and `wsl` containers run in a virtual machine beside us. */
export type HostKind = "linux" | "macos" | "windows" | "wsl" | "other";

export interface HostSigns {
  /** As Node calls it. */
  readonly platform: string;
  /** Of the kernel: that of WSL has Microsoft's name in it. */
  readonly release: string;
}

export function hostKindOf({ platform, release }: HostSigns): HostKind {
  if (platform === "win32") return "windows";
  if (platform === "darwin") return "macos";
  if (platform !== "linux") return "other";
  return /microsoft/i.test(release) ? "wsl" : "linux";
}

/**
 * Where a container finds a path of this machine: at the same place, but that Windows' drives are
 * folders there. `C:\courses\one` is `/c/courses/one`.
 */
export function pathInside(path: string, kind: HostKind): string {
  if (kind !== "windows") return path;
  const [, drive, rest] = /^([A-Za-z]):[\\/]*(.*)$/s.exec(path) ?? [];
  const folders = (rest ?? path).replaceAll("\\", "/").replace(/\/+$/, "");
  if (drive === undefined) return folders;
  return folders === "" ? `/${drive.toLowerCase()}` : `/${drive.toLowerCase()}/${folders}`;
}

/** `file:///C:/courses/worker.mjs` is `file:///c/courses/worker.mjs` inside. */
export function urlInside(url: string, kind: HostKind): string {
  if (kind !== "windows") return url;
  return url.replace(/^file:\/\/\/([A-Za-z]):\//, (_, drive: string) => {
    return `file:///${drive.toLowerCase()}/`;
  });
}

/**
 * How a database shall keep its journal when containers open it too, if not as usual: between
 * Windows and the virtual machine of its containers no memory is shared, which WAL needs.
 */
export function journalModeFor(kind: HostKind): "delete" | undefined {
  return kind === "windows" || kind === "wsl" ? "delete" : undefined;
}

/** Why containers cannot reach a folder of this machine, if they cannot. */
export function whyOutOfReach(folder: string, kind: HostKind): string | undefined {
  if (kind === "windows" && /^[\\/]{2}/.test(folder)) {
    return `Docker Desktop does not mount network paths (${folder}); use a folder on a drive, C:\\ for one`;
  }
  if (kind === "wsl" && /^\/(proc|sys|dev|run)(\/|$)/.test(folder)) {
    return `Docker Desktop does not see ${folder} of this WSL distribution; use a folder in your home or below /mnt/c`;
  }
  return undefined;
}
