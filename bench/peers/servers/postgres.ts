import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { DurabilityClass } from "../../options.ts";
import { Daemon } from "./daemon.ts";

const common = {
  listen_addresses: "",
  shared_buffers: "1GB",
  max_connections: "200",
  wal_level: "replica",
  max_wal_size: "4GB",
  autovacuum: "on",
  fsync: "on",
  full_page_writes: "on",
  log_min_messages: "fatal",
};

const commits: Record<DurabilityClass, string> = { D2: "on", D1: "off" };

export interface PostgresOrder {
  /** Where the cluster is made, and where it listens on a Unix socket. */
  readonly folder: string;
  readonly durability: DurabilityClass;
  /** Kept by the bench between runs: a cluster that has just been made. */
  readonly templateFolder: string;
  readonly more?: Readonly<Record<string, string>>;
}

export function postgresAt(address: string): { host: string; user: string; database: string } {
  return { host: address, user: "bench", database: "postgres" };
}

/** A new cluster; PostgreSQL refuses root, so root lets it run as another user. */
export async function startPostgres(order: PostgresOrder): Promise<Daemon> {
  const { folder, durability, more } = order;
  const user = otherUser();
  const data = join(folder, "postgres");
  if (!existsSync(data)) copyTemplate(order, data);
  giveTo(user, folder);
  const settings = { ...common, ...more, synchronous_commit: commits[durability] };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const daemon = await Daemon.start({
    command: join(programFolder(), "postgres"),
    args: ["-D", data, "-k", folder, ...flags],
    folder,
    ...(user !== undefined && { user }),
    stopSignal: "SIGINT",
    isReady: () => query(folder, "select 1"),
  });
  return daemon;
}

export async function query(address: string, sql: string): Promise<void> {
  const client = new Client(postgresAt(address));
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function copyTemplate({ templateFolder, folder }: PostgresOrder, data: string): void {
  const template = join(templateFolder, "postgres");
  const user = otherUser();
  if (!existsSync(template)) {
    mkdirSync(templateFolder, { recursive: true });
    giveTo(user, templateFolder);
    const args = ["-D", template, "-U", "bench", "-A", "trust", "--no-sync"];
    execFileSync(join(programFolder(), "initdb"), args, {
      stdio: ["ignore", "ignore", "inherit"],
      cwd: templateFolder,
      ...user,
    });
  }
  giveTo(user, folder);
  cpSync(template, data, { recursive: true, preserveTimestamps: true });
  chmodSync(data, 0o700);
  if (user !== undefined) giveTree(user, data);
}

type User = { readonly uid: number; readonly gid: number };

function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const entry = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, "m").exec(
      readFileSync("/etc/passwd", "utf8"),
    );
    if (entry) return { uid: Number(entry[1]), gid: Number(entry[2]) };
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no user postgres or nobody");
}

function giveTo(user: User | undefined, folder: string): void {
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

function giveTree(user: User, folder: string): void {
  chownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveTree(user, path);
    else chownSync(path, user.uid, user.gid);
  }
}

/** Debian keeps each version's programs in a folder of their own. */
export function programFolder(): string {
  const versions = "/usr/lib/postgresql";
  const newest = existsSync(versions)
    ? readdirSync(versions).toSorted((a, b) => Number(b) - Number(a))[0]
    : undefined;
  if (newest === undefined) throw new Error("PostgreSQL is missing: apt-get install postgresql-15");
  return join(versions, newest, "bin");
}
