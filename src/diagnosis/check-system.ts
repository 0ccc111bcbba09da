import { mkdtempSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { span } from "../domain/time-words.ts";
import { type Check, judged } from "./check.ts";

const { ok, warning, problem } = judged("system");

const oldestNode = { major: 22, minor: 18 };

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const suffices =
    major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  if (suffices) return ok("node", `Node ${version}.`);
  return problem({
    name: "node",
    message: `Node ${version} is too old: clx needs ${oldestNode.major}.${oldestNode.minor} or later.`,
    fix: "Install a newer Node, for example from https://nodejs.org.",
  });
}

export function checkPlatform(platform: NodeJS.Platform = process.platform): Check[] {
  if (platform === "linux" || platform === "darwin") return [];
  return [
    problem({
      name: "platform",
      message: `The processes of workers cannot be followed on ${platform}.`,
      fix: "Run clx on Linux or macOS, or on Windows in WSL.",
    }),
  ];
}

const tellWithinMs = 2_000;

/** Whether the system tells of changed files in a folder: by that processes wake each other. */
export async function checkWatching(folder: string): Promise<Check> {
  let place: string | undefined;
  try {
    place = mkdtempSync(join(folder, "clx-doctor-"));
    const tookMs = await noticeChange(place);
    if (tookMs !== undefined) {
      return ok("file_watching", `A changed file is noticed within ${Math.ceil(tookMs)} ms.`);
    }
    return warning({
      name: "file_watching",
      message: `The system does not tell of changed files in ${folder}: workers and waiting commands notice new tasks late, by looking now and then.`,
      fix: "Keep the database on a local disk.",
    });
  } catch (error) {
    return unwatched(error as NodeJS.ErrnoException, folder);
  } finally {
    if (place !== undefined) rmSync(place, { recursive: true, force: true });
  }
}

async function noticeChange(folder: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const startedAt = performance.now();
  const watcher = watch(folder, () => resolve(performance.now() - startedAt));
  watcher.on("error", reject);
  const timer = setTimeout(() => resolve(undefined), tellWithinMs);
  try {
    writeFileSync(join(folder, "change"), "");
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

export function unwatched({ code, message }: NodeJS.ErrnoException, folder: string): Check {
  if (code === "ENOSPC" || code === "EMFILE") {
    const limit = code === "ENOSPC" ? "max_user_watches" : "max_user_instances";
    return problem({
      name: "file_watching",
      message: `No more files can be watched on this machine (${code}): workers and waiting commands notice new tasks late.`,
      fix: `Raise the limit: sudo sysctl fs.inotify.${limit}=524288, or end programs that watch many files.`,
    });
  }
  return warning({
    name: "file_watching",
    message: `Whether files can be watched in ${folder} was not found out: ${message}.`,
    fix: "Make the folder writable for this user.",
  });
}

const earliest = Date.parse("2025-01-01");
const clockToleranceMs = 60_000;

export interface ClockSigns {
  readonly now: number;
  /** By the file system, of a file that was written just now. */
  readonly fileTime?: number;
  /** The latest time that the database has of something that has happened. */
  readonly latest?: number;
}

/** Times are compared everywhere: leases, retries, the order of what happened. */
export function checkClock({ now, fileTime = now, latest = 0 }: ClockSigns): Check {
  const fix = "Set the clock of this machine, and let NTP keep it.";
  if (now < earliest) {
    const message = `The clock of this machine says ${new Date(now).toISOString()}, which is long ago.`;
    return problem({ name: "clock", message, fix });
  }
  if (latest > now + clockToleranceMs) {
    const message = `The database has times that are ${span(latest - now)} ahead of this machine's clock.`;
    return warning({ name: "clock", message, fix });
  }
  if (Math.abs(fileTime - now) > clockToleranceMs) {
    const message = `The file system's clock differs from this machine's by ${span(Math.abs(fileTime - now))}.`;
    return warning({
      name: "clock",
      message,
      fix: `${fix} The disk may belong to another machine.`,
    });
  }
  return ok("clock", "The clock agrees with the file system and the database.");
}

/** The time that the file system gives a file that is written now. */
export function fileTimeIn(folder: string): number | undefined {
  let place: string | undefined;
  try {
    place = mkdtempSync(join(folder, "clx-doctor-"));
    return statSync(place).mtimeMs;
  } catch {
    return undefined;
  } finally {
    if (place !== undefined) rmSync(place, { recursive: true, force: true });
  }
}

/** Where to try things out: beside the database, else where everybody may write. */
export function placeToTry(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : tmpdir();
}
