/** How a container is made, beyond its image: a pool's configuration. */
export interface ContainerSettings {
  /** Made when it is not there, without a way out of the machine; one that is there is used as it is. */
  readonly network: string;
  readonly pull: PullPolicy;
  readonly link: ContainerLink;
  /** How many processes and threads it may have at once. */
  readonly pidsLimit: number;
  /** How many cores it may use; absent: all. */
  readonly cpus?: number;
  /** Names of the variables that its worker gets from whoever starts it. */
  readonly passEnv?: readonly string[];
}

/** `missing`: an image that is not on this machine is pulled. */
export type PullPolicy = "missing" | "never";

/**
 * How the worker in a container reaches the store: `api` by the worker API of its supervisor, on
 * a socket that is mounted, `tcp` by the same on a port of this machine, `database` by opening the
 * database, whose folder is mounted.
 */
export type ContainerLink = "api" | "tcp" | "database";

export const defaultContainer: ContainerSettings = {
  network: "clx_app-network",
  pull: "missing",
  link: "api",
  pidsLimit: 512,
};

/** What our containers are known by, whoever looks at them. */
export const containerLabels = {
  worker: "clx.worker",
  type: "clx.type",
  /** The process that keeps it: pid, start and host, as JSON. */
  supervisor: "clx.supervisor",
  /** "true" for one that lives on when its supervisor ends. */
  persistent: "clx.persistent",
  /** The folder of the database that its worker works for. */
  project: "clx.project",
} as const;
