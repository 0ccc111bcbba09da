import { buildImage } from "../../docker-images/build-image.ts";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import type { CommandContext } from "../command.ts";
import { version } from "../version.ts";
import type { NamedImage } from "./image-options.ts";
import { tellEngine } from "./tell-engine.ts";
import { withEngine } from "./with-engine.ts";

export interface BuildImagesParams {
  readonly images: readonly NamedImage[];
  readonly base: string | undefined;
  readonly network: string | undefined;
}

/** One after the other: they share their layers. */
export async function buildImages(
  context: CommandContext,
  { images, base, network }: BuildImagesParams,
): Promise<number> {
  const { terminal } = context;
  return await withEngine(context, async (docker, signal) => {
    const built: object[] = [];
    for (const { image, name } of images) {
      const startedAt = performance.now();
      await buildImage({
        ...{ docker, image, name, base, network, signal, version: version() },
        onEvent: tellEngine(context, `building ${name}`),
      });
      const { Id, Size } = await docker.getImage(name).inspect();
      const tookMs = performance.now() - startedAt;
      built.push({ name, type: image.type, id: Id, size: Size, took_ms: Math.round(tookMs) });
      if (!terminal.json) terminal.print(`${name} (${size(Size)}, built in ${span(tookMs)})`);
    }
    if (terminal.json) terminal.printJson({ images: built });
    tellUse(terminal, images);
  });
}

function tellUse(terminal: CommandContext["terminal"], images: readonly NamedImage[]): void {
  const workers = images.filter(({ image }) => image.type !== "server");
  if (workers.length === 0) return;
  terminal.hint("to use them, in .clx/config.toml:");
  for (const { image, name } of workers) {
    terminal.hint(`[workers.${image.type}]\nimage = "${name}"`);
  }
}
