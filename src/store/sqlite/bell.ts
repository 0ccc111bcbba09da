import {
  closeSync,
  constants,
  type FSWatcher,
  mkdirSync,
  openSync,
  rmSync,
  unwatchFile,
  watch,
  watchFile,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Topic } from "../task-store.ts";

const maxOpenBells = 64;
const stroke = new Uint8Array(1);

/** How often a bell's file is looked at where the system cannot tell of changes. */
const lookEveryMs = 20;

/** Returns how to stop; `undefined` when it cannot be done. */
export type WatchFile = (path: string, tell: () => void) => (() => void) | undefined;

/** The name of a topic's file; a name that could trouble a file system is hashed. */
export function bellName(topic: Topic): string {
  switch (topic.kind) {
    case "work":
      return `work.${fileSafe(topic.type)}`;
    case "worker":
      return `worker.${fileSafe(topic.workerId)}`;
    case "changes":
      return "changes";
  }
}

function fileSafe(name: string): string {
  if (/^[a-z0-9_-]{1,100}$/.test(name)) return name;
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `sha256-${createHash("sha256").update(name).digest("hex")}`;
}

/**
 * Tells other processes that a commit concerns them.
 *
 * A folder beside the database has a small file per topic. To ring is to write one byte into
 * it, which costs 3 µs; to listen is to have the system watch that one file, which costs
 * nothing while it is quiet and calls back in 0.2 ms. Where the folder cannot be made, only
 * listeners of this store are told, and the others' slow polls have to do.
 */
export class Bell {
  readonly #folder: string | undefined;
  /** Open files, least recently rung first. */
  readonly #open = new Map<string, number>();
  readonly #listeners = new Map<string, Set<() => void>>();

  readonly #watchBySystem: WatchFile;

  constructor(folder: string, options: { readonly watchBySystem?: WatchFile } = {}) {
    this.#folder = madeFolder(folder);
    this.#watchBySystem = options.watchBySystem ?? watchBySystem;
  }

  ring(name: string): void {
    const listeners = this.#listeners.get(name);
    if (listeners !== undefined) for (const onRing of listeners) queueMicrotask(onRing);
    const file = this.#fileOf(name);
    if (file === undefined) return;
    try {
      writeSync(file, stroke, 0, 1, 0);
    } catch {
      this.#letGo(name);
    }
  }

  /** Calls back until the returned function is called. */
  listen(name: string, onRing: () => void): () => void {
    let listening = true;
    const tell = () => {
      if (listening) onRing();
    };
    const stop = this.#watchFile(name, tell) ?? this.#listenHere(name, tell);
    return () => {
      listening = false;
      stop();
    };
  }

  /** Removes the file of a topic that nobody will ring again. */
  remove(name: string): void {
    this.#letGo(name);
    if (this.#folder === undefined) return;
    try {
      rmSync(join(this.#folder, name), { force: true });
    } catch {
      // an empty file that stays behind does no harm
    }
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#letGo(name);
    this.#listeners.clear();
  }

  #fileOf(name: string): number | undefined {
    if (this.#folder === undefined) return undefined;
    const known = this.#open.get(name);
    const file = known ?? openBell(join(this.#folder, name), { create: !isOneWorkers(name) });
    if (file === undefined) return undefined;
    this.#open.delete(name);
    this.#open.set(name, file);
    if (this.#open.size > maxOpenBells) this.#letGo(this.#open.keys().next().value ?? name);
    return file;
  }

  #letGo(name: string): void {
    const file = this.#open.get(name);
    if (file === undefined) return;
    this.#open.delete(name);
    closeSync(file);
  }

  #watchFile(name: string, tell: () => void): (() => void) | undefined {
    if (this.#folder === undefined) return undefined;
    const path = join(this.#folder, name);
    const file = openBell(path, { create: true });
    if (file === undefined) return undefined;
    closeSync(file);
    return this.#watchBySystem(path, tell) ?? watchByLooking(path, tell);
  }

  #listenHere(name: string, tell: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(tell));
    return () => {
      listeners.delete(tell);
    };
  }
}

/** The file is made by the worker that listens, and must not come back when the worker is gone. */
function isOneWorkers(name: string): boolean {
  return name.startsWith("worker.");
}

function madeFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch {
    return undefined;
  }
}

function openBell(path: string, { create }: { readonly create: boolean }): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | (create ? constants.O_CREAT : 0), 0o666);
  } catch {
    return undefined;
  }
}

function watchBySystem(path: string, tell: () => void): (() => void) | undefined {
  let stop: () => void;
  try {
    const watcher: FSWatcher = watch(path, { persistent: false }, tell);
    stop = () => watcher.close();
    watcher.on("error", () => {
      watcher.close();
      stop = watchByLooking(path, tell);
    });
  } catch {
    return undefined; // the user's share of system watches is used up
  }
  return () => stop();
}

function watchByLooking(path: string, tell: () => void): () => void {
  const listener = () => tell();
  watchFile(path, { persistent: false, interval: lookEveryMs }, listener);
  return () => unwatchFile(path, listener);
}
