import type { ContainerSettings } from "./container-settings.ts";
import { size } from "./size-words.ts";
import type { Worker } from "./worker.ts";

/** What is shown of a worker's container. */
export interface ContainerFacts {
  /** In full; people are shown `shortId`. */
  readonly id: string;
  readonly image?: string;
  readonly memoryLimit?: number;
  /** Cores. */
  readonly cpus?: number;
  readonly pidsLimit?: number;
}

/** As its executor has noted it; `undefined` for workers that have none. */
export function containerOf({ executorRef, memoryLimit }: Worker): ContainerFacts | undefined {
  const { container, image, cpus, pidsLimit } = (executorRef ?? {}) as Partial<
    Record<string, unknown>
  >;
  if (typeof container !== "string") return undefined;
  return {
    id: container,
    ...(typeof image === "string" && { image }),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(typeof cpus === "number" && { cpus }),
    ...(typeof pidsLimit === "number" && { pidsLimit }),
  };
}

/** How the worker of a container reaches the store, as its executor has noted it. */
export function linkOfContainer({
  executorRef,
}: Worker): Pick<ContainerSettings, "link" | "network"> | undefined {
  const { link, network } = (executorRef ?? {}) as Partial<ContainerSettings>;
  return link === undefined || network === undefined ? undefined : { link, network };
}

/** As Docker itself shows it. */
export function shortId({ id }: Pick<ContainerFacts, "id">): string {
  return id.slice(0, 12);
}

/** `1 GiB, 1.5 cores, 512 processes` */
export function limitWords({ memoryLimit, cpus, pidsLimit }: ContainerFacts): string {
  return [
    memoryLimit === undefined ? "" : size(memoryLimit),
    cpus === undefined ? "" : `${cpus} ${cpus === 1 ? "core" : "cores"}`,
    pidsLimit === undefined ? "" : `${pidsLimit} processes`,
  ]
    .filter(Boolean)
    .join(", ");
}
