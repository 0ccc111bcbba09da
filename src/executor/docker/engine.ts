import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { type EngineRefusal, engineError } from "../../domain/docker-trouble.ts";
import { ClxError } from "../../domain/errors.ts";
import { heedQuestions, letGoOfQuestions } from "./open-questions.ts";

/** A Docker engine that answers. */
export interface Engine {
  readonly docker: Docker;
  /** Of the engine: containers of another one mean nothing here. */
  readonly id: string;
  readonly traits: EngineTraits;
}

export interface EngineTraits {
  /** It runs as a usual user, who is root in its containers. */
  readonly isRootless: boolean;
  /** It runs in a virtual machine beside us. */
  readonly isDesktop: boolean;
  /** Containers may not read files of the machine unless their labels allow it. */
  readonly hasSelinux: boolean;
}

/** From what an engine says of itself: `name=rootless`, `name=selinux`. */
export function traitsOf({
  SecurityOptions: securityOptions = [],
  OperatingSystem,
}: Omit<EngineInfo, "ID">): EngineTraits {
  const has = (name: string) =>
    securityOptions.some((one) => one.split(",").includes(`name=${name}`));
  return {
    isRootless: has("rootless"),
    hasSelinux: has("selinux"),
    isDesktop: OperatingSystem === "Docker Desktop",
  };
}

/** The client of `DOCKER_HOST` or of the usual socket. Its package is loaded with the first call. */
export async function dockerClient(): Promise<Docker> {
  try {
    const { default: Client } = await import("dockerode");
    const docker = new Client();
    heedQuestions(docker);
    return docker;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the Docker client cannot be used: ${why}; install the package dockerode, or run the workers direct (--workers=direct)`;
    throw new ClxError("docker_unavailable", message, { cause });
  }
}

/** @throws ClxError `docker_unavailable`, `docker_forbidden` */
export async function reachEngine(docker: Docker): Promise<Engine> {
  try {
    const info = await inTime(docker.info() as Promise<EngineInfo>);
    return { docker, id: info.ID, traits: traitsOf(info) };
  } catch (error) {
    if (error instanceof ClxError) throw error;
    throw unreachable(docker, error);
  }
}

interface EngineInfo {
  readonly ID: string;
  readonly SecurityOptions?: readonly string[];
  readonly OperatingSystem?: string;
}

/** One that does not answer for so long hangs. */
const answerMs = 20_000;

/** What an engine knows at once. */
export function inTime<T>(asked: Promise<T>): Promise<T> {
  return within(answerMs, asked);
}

export async function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    letGoOfQuestions();
    reject(new Error(`no answer within ${ms / 1000} s`));
  }, ms);
  try {
    return await Promise.race([asked, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

export function unreachable(docker: Docker, cause: unknown): ClxError {
  return engineError(refusalOf(docker, cause));
}

/** What stood in the way of a question. */
export function refusalOf(docker: Docker, cause: unknown): EngineRefusal {
  const { code, message } = cause as NodeJS.ErrnoException;
  return { place: placeOf(docker), code, message };
}

/** The engine answered, and its answer was no. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number }).statusCode;
}

/** What the engine said, without what the client puts around it. */
export function reasonOf(error: unknown): string {
  const { json, message } = error as { json?: { message?: string } | null; message?: string };
  const told = json?.message ?? message ?? String(error);
  return told.replace(/^\(HTTP code \d+\) [a-z ]+ - /, "").trim();
}

/** Nothing for what is not there any more. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Waits for an engine that has answered before and is being started again. */
export async function untilItAnswers(
  docker: Docker,
  { withinMs, signal }: { readonly withinMs: number; readonly signal?: AbortSignal },
): Promise<Engine> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await reachEngine(docker);
    } catch (error) {
      if (performance.now() > deadline || signal?.aborted) throw error;
      await sleep(lookAgainMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

const lookAgainMs = 250;

/** The client finds the usual socket by itself, and does not tell which. */
export function placeOf({ modem }: Docker): string {
  const { host, port, socketPath } = modem as {
    readonly host?: string;
    readonly port?: string | number;
    readonly socketPath?: unknown;
  };
  if (host) return `tcp://${host}:${port}`;
  return typeof socketPath === "string" ? socketPath : "/var/run/docker.sock";
}
