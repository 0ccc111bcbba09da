import type Docker from "dockerode";
import type { PullPolicy } from "../../domain/container-settings.ts";
import { imageMissing, imageNotPulled } from "../../domain/docker-trouble.ts";
import { reasonOf, unlessGone } from "./engine.ts";

/** Told of a pull in lines that somebody may read. */
export type Say = (line: string) => void;

export interface EnsureImageParams {
  readonly docker: Docker;
  readonly image: string;
  readonly pull: PullPolicy;
  readonly say: Say;
}

/** @throws ClxError `image_missing` */
export async function ensureImage({ docker, image, pull, say }: EnsureImageParams): Promise<void> {
  if (await hasImage(docker, image)) return;
  if (pull === "never") throw imageMissing(image);
  await pullImage({ docker, image, say });
}

export async function hasImage(docker: Docker, image: string): Promise<boolean> {
  return (await unlessGone(docker.getImage(image).inspect())) !== undefined;
}

/**
 * Pulls an image, whether it is there or not, and says how far it is.
 *
 * @throws ClxError `image_missing`
 */
export async function pullImage({
  docker,
  image,
  say,
}: Omit<EnsureImageParams, "pull">): Promise<void> {
  const name = /[:@][^/]+$/.test(image) ? image : `${image}:latest`;
  say(`pulling ${name}`);
  const progress = new PullProgress(name, say);
  try {
    const told = await docker.pull(name);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        told,
        (error: Error | null) => (error ? reject(error) : resolve()),
        (event: PullEvent) => progress.take(event),
      );
    });
  } catch (error) {
    throw imageNotPulled(name, reasonOf(error));
  }
  say(`pulled ${name}`);
}

export interface PullEvent {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
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

  take({ id, status, progressDetail }: PullEvent): void {
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
    this.#say(`pulling ${this.#image}: ${tenths * 10} % of ${Math.round(all / 1024 ** 2)} MiB`);
  }
}
