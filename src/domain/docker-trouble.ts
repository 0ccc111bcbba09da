import { ClxError } from "./errors.ts";

/** Why a Docker engine does not do what it was asked, and what to do about it. */
export interface DockerTrouble {
  readonly what: string;
  readonly fix: string;
}

export interface EngineRefusal {
  /** Where the engine was looked for: the path of its socket, or its address. */
  readonly place: string;
  /** Of the system: ENOENT, EACCES, ECONNREFUSED. */
  readonly code?: string | undefined;
  readonly message: string;
}

export const orDirect = "or run the workers direct (--workers=direct)";

/** What stands between us and the engine. */
export function explainEngine({ place, code, message }: EngineRefusal): DockerTrouble {
  if (isForbidden(code)) {
    return {
      what: `this user may not speak with the Docker daemon at ${place}`,
      fix: `Add yourself to its group: sudo usermod -aG docker $USER, then log in again; ${orDirect}.`,
    };
  }
  const why =
    code === "ENOENT"
      ? `there is no ${place}`
      : code === "ECONNREFUSED"
        ? `nobody answers at ${place}`
        : `${place}: ${message}`;
  return {
    what: `the Docker daemon cannot be reached: ${why}`,
    fix: `Install Docker or start it (sudo systemctl start docker, or Docker Desktop), set DOCKER_HOST if it is elsewhere, ${orDirect}.`,
  };
}

export function engineError(refusal: EngineRefusal): ClxError {
  const { what, fix: advice } = explainEngine(refusal);
  const fix = advice.charAt(0).toLowerCase() + advice.slice(1).replace(/\.$/, "");
  const code = isForbidden(refusal.code) ? "docker_forbidden" : "docker_unavailable";
  return new ClxError(code, `${what}; ${fix}`);
}

/** The image is not on this machine, and shall not be pulled. */
export function imageMissing(image: string): ClxError {
  return new ClxError(
    "image_missing",
    `the image ${image} is not on this machine, and shall not be pulled; build it (clx docker build), pull it (clx docker pull), or let it be pulled (workers.docker_pull = true)`,
  );
}

export function imageNotPulled(image: string, reason: string): ClxError {
  return new ClxError(
    "image_missing",
    `the image ${image} is not on this machine and cannot be pulled: ${reason}; build it here (clx docker build), correct its name, log in to its registry (docker login), ${orDirect}`,
  );
}

/** It is not one of ours, nor made from one. */
export function imageUnfit(image: string): ClxError {
  return new ClxError(
    "image_unfit",
    `there is no clx in the image ${image}, so no worker can run in it; build one that has it (clx docker build), or begin yours with such a one (FROM clx/command:…), and set workers.TYPE.image to it`,
  );
}

function isForbidden(code: string | undefined): boolean {
  return code === "EACCES" || code === "EPERM";
}
