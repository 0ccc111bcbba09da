import type Docker from "dockerode";
import type { PullPolicy } from "../../domain/container-settings.ts";
import { imageMissing, imageNotPulled } from "../../domain/docker-trouble.ts";
import { size } from "../../domain/size-words.ts";
import { inTime, reasonOf, unlessGone } from "./engine.ts";
import { type EngineEvent, followEngine } from "./follow-engine.ts";
import { loginFor } from "./registry-login.ts";

/** Told of a pull in lines that somebody may read. */
export type Say = (line: string) => void;

export interface EnsureImageParams {
  readonly docker: Docker;
  readonly image: string;
  readonly pull: PullPolicy;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/** @throws ClxError `image_missing` */
export async function ensureImage({ pull, ...wish }: EnsureImageParams): Promise<void> {
  const { docker, image } = wish;
  if (await hasImage(docker, image)) return;
  if (pull === "never") throw imageMissing(image);
  await pullImage(wish);
}

export async function hasImage(docker: Docker, image: string): Promise<boolean> {
  return (await unlessGone(inTime(docker.getImage(image).inspect()))) !== undefined;
}

export type PullImageParams = Omit<EnsureImageParams, "pull">;

/**
 * Pulls an image, whether it is there or not, and says how far it is.
 *
 * @throws ClxError `image_missing`
 */
export async function pullImage({
  docker,
  image,
  say,
  signal = new AbortController().signal,
}: PullImageParams): Promise<void> {
  const name = /[:@][^/]+$/.test(image) ? image : `${image}:latest`;
  say(`pulling ${name}`);
  const progress = new PullProgress(name, say);
  try {
    const authconfig = await loginFor(name);
    const told = await docker.pull(name, {
      abortSignal: signal,
      ...(authconfig !== undefined && { authconfig }),
    });
    await followEngine(told, { signal, onEvent: (event) => progress.take(event) });
  } catch (error) {
    if (signal.aborted) throw error;
    throw imageNotPulled(name, reasonOf(error));
  }
  say(`pulled ${name}`);
}

/** Of the layers' many small steps, a line for each tenth of the whole as far as it is known. */
export class PullProgress {
  readonly #image: string;
  readonly #say: Say;
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();
  #saidTenths = 0;

  constructor(image: string, say: Say) {
    this.#image = image;
    this.#say = say;
  }

  take({ id, status, progressDetail }: EngineEvent): void {
    if (id === undefined || status !== "Downloading") return;
    const { current, total } = progressDetail ?? {};
    if (current === undefined || total === undefined || total <= 0) return;
    this.#layers.set(id, { current, total });
    const layers = [...this.#layers.values()];
    const all = layers.reduce((sum, layer) => sum + layer.total, 0);
    const done = layers.reduce((sum, layer) => sum + layer.current, 0);
    const tenths = Math.floor((done / all) * 10);
    if (tenths <= this.#saidTenths) return;
    this.#saidTenths = tenths;
    this.#say(`pulling ${this.#image}: ${tenths * 10} % of ${size(all)}`);
  }
}
