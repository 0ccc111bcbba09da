import { pullImage } from "../../executor/docker/image.ts";
import type { CommandContext } from "../command.ts";
import type { NamedImage } from "./image-options.ts";
import { withEngine } from "./with-engine.ts";

export async function pullImages(
  context: CommandContext,
  images: readonly NamedImage[],
): Promise<number> {
  const { terminal } = context;
  const pulled: object[] = [];
  return await withEngine(context, async (docker, signal) => {
    for (const {
      image: { type },
      name,
    } of images) {
      await pullImage({ docker, image: name, signal, say: (line) => terminal.hint(line) });
      const { Id, Size } = await docker.getImage(name).inspect();
      pulled.push({ name, type, id: Id, size: Size });
      if (!terminal.json) terminal.print(name);
    }
    if (terminal.json) terminal.printJson({ images: pulled });
  });
}
