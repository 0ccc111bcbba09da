import type { Config } from "../config/config.ts";
import { lookUpForType } from "../config/config.ts";
import { type SettledMode, typesOnAuto, withModes } from "../config/settle-modes.ts";
import { ClxError } from "../domain/errors.ts";
import type { Engine } from "../executor/docker/engine.ts";

export interface SettleParams {
  /** The types whose workers may be started. */
  readonly types: readonly string[];
  /** Told what becomes of `auto`, and why, in a line. */
  readonly say: (line: string) => void;
}

/**
 * Decides what `auto` means here and now: Docker where its daemon answers and the type's image is
 * set, on this machine and one of ours, else direct. Docker is looked for only when some type shall be decided.
 */
export async function settleModes(config: Config, { types, say }: SettleParams): Promise<Config> {
  const undecided = typesOnAuto(config, types);
  if (undecided.length === 0) return config;
  const engine = await findEngine();
  const modes = new Map<string, SettledMode>();
  for (const type of undecided) {
    const { mode, why } = await choose(engine, type, lookUpForType(config, type, "image").value);
    modes.set(type, mode);
    say(`${type} workers run ${mode === "docker" ? "in Docker" : "direct"} (auto): ${why}`);
  }
  return withModes(config, modes);
}

interface Choice {
  readonly mode: SettledMode;
  readonly why: string;
}

async function choose(
  engine: Engine | string,
  type: string,
  image: string | undefined,
): Promise<Choice> {
  if (image === undefined) {
    return { mode: "direct", why: `no image is set for them (workers.${type}.image)` };
  }
  if (typeof engine === "string") return { mode: "direct", why: engine };
  const { hasImage } = await import("../executor/docker/image.ts");
  if (!(await hasImage(engine.docker, image))) {
    return { mode: "direct", why: `the image ${image} is not on this machine` };
  }
  const { hasClx } = await import("../executor/docker/image-content.ts");
  if (!(await hasClx(engine.docker, image))) {
    return { mode: "direct", why: `there is no clx in the image ${image}` };
  }
  return { mode: "docker", why: `its daemon answers, and ${image} is there` };
}

/** Or why there is none. */
async function findEngine(): Promise<Engine | string> {
  const { dockerClient, reachEngine } = await import("../executor/docker/engine.ts");
  try {
    return await reachEngine(await dockerClient());
  } catch (error) {
    if (!(error instanceof ClxError)) throw error;
    return error.message.replace(/;.*$/s, "");
  }
}
