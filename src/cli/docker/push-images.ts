import { pushImage } from "../../docker-images/push-image.ts";
import type { CommandContext } from "../command.ts";
import type { NamedImage } from "./image-options.ts";
import { tellEngine } from "./tell-engine.ts";
import { withEngine } from "./with-engine.ts";

export async function pushImages(
  context: CommandContext,
  images: readonly NamedImage[],
): Promise<number> {
  const { terminal } = context;
  return await withEngine(context, async (docker, signal) => {
    for (const { name } of images) {
      await pushImage({ docker, name, signal, onEvent: tellEngine(context, `pushing ${name}`) });
      if (!terminal.json) terminal.print(`pushed ${name}`);
    }
    if (!terminal.json) return;
    terminal.printJson({ images: images.map(({ name, image }) => ({ name, type: image.type })) });
  });
}
