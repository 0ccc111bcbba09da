import type Docker from "dockerode";
import { ClxError } from "../domain/errors.ts";
import { reasonOf, statusOf } from "../executor/docker/engine.ts";
import { type EngineEvent, followEngine } from "../executor/docker/follow-engine.ts";
import { loginFor, registryOf } from "../executor/docker/registry-login.ts";

export interface PushParams {
  readonly docker: Docker;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

/** @throws ClxError `image_failed` */
export async function pushImage({ docker, name, signal, onEvent }: PushParams): Promise<void> {
  const authconfig = (await loginFor(name)) ?? nobody(name);
  try {
    const told = await docker.getImage(name).push({
      ...{ abortSignal: signal, authconfig },
    });
    await followEngine(told, { signal, onEvent });
  } catch (error) {
    if (signal.aborted) throw error;
    throw cannotPush(name, error);
  }
}

/** Engines insist on being told something. */
function nobody(name: string) {
  return { username: "", password: "", serveraddress: registryOf(name) };
}

function cannotPush(name: string, cause: unknown): ClxError {
  const message = reasonOf(cause).trim();
  if (statusOf(cause) === 404 || /does not exist locally/.test(message)) {
    return new ClxError(
      "image_missing",
      `there is no image ${name} to push; build it under that name: clx docker build, with the same --registry and --tag`,
      { cause },
    );
  }
  const isRefused = /denied|unauthori[sz]ed|authentication|forbidden|no basic auth/i.test(message);
  const hint = isRefused
    ? `log in to ${registryOf(name)} (docker login) as somebody who may push there`
    : "check the name of the registry, and that it can be reached";
  return new ClxError(
    "image_failed",
    `the image ${name} could not be pushed: ${message}; ${hint}`,
    {
      cause,
    },
  );
}
