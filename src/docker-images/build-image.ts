import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { ClxError } from "../domain/errors.ts";
import { reasonOf } from "../executor/docker/engine.ts";
import { type EngineEvent, followEngine } from "../executor/docker/follow-engine.ts";
import type { ImageType } from "./image-types.ts";
import { stageImage } from "./stage-image.ts";

export interface BuildImageParams {
  readonly docker: Docker;
  readonly image: ImageType;
  readonly name: string;
  readonly version: string;
  /** What it is made from, where that is not the Dockerfile's own. */
  readonly base?: string | undefined;
  /** Where its `RUN` lines may reach; the engine's own network when left out. */
  readonly network?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

/** @throws ClxError `image_failed` */
export async function buildImage(params: BuildImageParams): Promise<void> {
  const { docker, image, name, version, base, network, labels, signal, onEvent } = params;
  const folder = await mkdtemp(join(tmpdir(), "clx-image-"));
  try {
    await stageImage(folder, image);
    signal.throwIfAborted();
    const told = await docker.buildImage(
      { context: folder, src: ["Dockerfile", "package", "node_modules"] },
      {
        ...{ t: name, target: image.type, rm: true, forcerm: true, abortSignal: signal },
        buildargs: { VERSION: version, ...(base !== undefined && { BASE: base }) },
        ...(labels !== undefined && { labels }),
        ...(network !== undefined && { networkmode: network }),
      },
    );
    await followEngine(told, { signal, onEvent });
  } catch (error) {
    if (signal.aborted || error instanceof ClxError) throw error;
    throw cannotBuild(name, error, base);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the Dockerfiles. */
export const defaultBase = "node:24-bookworm-slim";

function cannotBuild(name: string, cause: unknown, base: string | undefined): ClxError {
  const why = reasonOf(cause).trim();
  const isBase = /manifest|pull access|not found|no such host|dial tcp|timeout/i.test(why);
  const hint = isBase
    ? `; is the base image ${base ?? defaultBase} in reach? Any Debian with Node will do: name one that is here with --base`
    : "";
  return new ClxError("image_failed", `the image ${name} could not be built: ${why}${hint}`, {
    cause,
  });
}
