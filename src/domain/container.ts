/**
 * Where the images of workers keep what an executor needs of them. `docker/Dockerfile` makes them
 * so, and `docker-images/` fills them; an image made by somebody else must look the same.
 */
export const imageLayout = {
  /** The package as it is published (`package.json`, `bin`, `dist`), its packages in `node_modules`. */
  packageFolder: "/opt/clx",
  /** The entry of a worker, run by Node: reads its launch document from the lifeline. */
  workerEntry: "/opt/clx/dist/worker/main.js",
  /** The command line, run by Node: `clx worker --server …` for machines without a supervisor. */
  commandLine: "/opt/clx/bin/clx.js",
  /** Where the modules of the worker types that ship are; those of others have paths of the machine. */
  workersFolder: "/opt/clx/dist/workers",
} as const;

/** Labels of an image: which worker type it is for, and which version of clx is in it. */
export const imageLabels = {
  type: "clx.image.type",
  version: "org.opencontainers.image.version",
} as const;

/**
 * A folder of this machine that a worker in a container may see, mounted under its own path, so
 * that paths in payloads mean the same inside and outside. All else of the machine is out of its
 * reach. A grant may lie within another: the deepest one counts for what is below it, so that a
 * project can be read, its outputs written, and its database not even be seen (`hidden`).
 *
 * Whoever grants a folder makes it first: the engine would make it as root.
 */
export interface FolderGrant {
  /** Absolute, without a link in it. */
  readonly path: string;
  readonly access: FolderAccess;
}

export type FolderAccess = "hidden" | "read" | "write";

const rank: Readonly<Record<FolderAccess, number>> = { hidden: 0, read: 1, write: 2 };

/** Whether whoever has these grants can do all that others would allow. */
export function reaches(grants: readonly FolderGrant[], wanted: readonly FolderGrant[]): boolean {
  return wanted.every(({ path, access }) => rank[accessTo(grants, path)] >= rank[access]);
}

function accessTo(grants: readonly FolderGrant[], path: string): FolderAccess {
  const around = grants.filter((grant) => isWithin(path, grant.path));
  const [deepest] = around.toSorted((a, b) => b.path.length - a.path.length);
  return deepest?.access ?? "hidden";
}

function isWithin(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  const rest = path.slice(folder.length);
  return rest === "" || /[/\\]$/.test(folder) || /^[/\\]/.test(rest);
}
