import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { programFolder } from "./servers/postgres.ts";
import type { Subject } from "./stage.ts";

export interface MachineFacts {
  readonly at: string;
  readonly cpu: string;
  readonly cores: number;
  readonly gigabytes: number;
  readonly loadAtStart: readonly number[];
  /** Of Node, SQLite, the servers and all packages. */
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(subjects: readonly Subject[]): MachineFacts {
  const packages = new Set(subjects.flatMap(({ peer }) => peer.packages));
  return {
    at: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    loadAtStart: loadavg(),
    versions: {
      Node: process.versions.node,
      SQLite: process.versions.sqlite ?? "unknown",
      Redis: printedBy("redis-server", "--version"),
      PostgreSQL: printedBy(postgresProgram(), "--version"),
      ...Object.fromEntries([...packages].map((name) => [name, versionOf(name)])),
    },
  };
}

function postgresProgram(): string {
  try {
    return join(programFolder(), "postgres");
  } catch {
    return "postgres";
  }
}

function printedBy(program: string, flag: string): string {
  try {
    const text = execFileSync(program, [flag], { encoding: "utf8" });
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim();
  } catch {
    return "missing";
  }
}

function versionOf(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      const text = readFileSync(join(path, name, "package.json"), "utf8");
      return String((JSON.parse(text) as { version: string }).version);
    } catch {}
  }
  return "unknown";
}
