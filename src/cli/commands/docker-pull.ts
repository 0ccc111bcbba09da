import { type Config, lookUpForType } from "../../config/config.ts";
import type { ImageType } from "../../docker-images/image-types.ts";
import { defineCommand } from "../command.ts";
import { type NamedImage, namesOf, namingOptions, typesOf } from "../docker/image-options.ts";
import { UsageError } from "../usage-error.ts";

export const dockerPull = defineCommand({
  name: "docker pull",
  usage: "docker pull [TYPE…] [--registry NAME] [--tag TAG]",
  summary: "bring the images of workers to this machine",
  examples: [
    { wish: "have the images that are configured before they are needed", line: "clx docker pull" },
    {
      wish: "pull one by its name",
      line: "clx docker pull notebook --registry registry.example.org/team --tag 1.0",
    },
  ],
  details:
    "Without --registry and --tag these are the images that the configuration names (workers.TYPE.image).",
  options: namingOptions,
  words: { atLeast: 0, atMost: 9 },
  async run(context, { values, words }) {
    const types = typesOf(words);
    const isNamed = values.registry !== undefined || values.tag !== undefined;
    const images = isNamed ? namesOf(types, values) : configured(context.config, types, words);
    const { pullImages } = await import("../docker/pull-images.ts");
    return await pullImages(context, images);
  },
});

function configured(
  config: Config,
  types: readonly ImageType[],
  asked: readonly string[],
): readonly NamedImage[] {
  const images = types.flatMap((image) => {
    const name = image.type === "server" ? undefined : imageOf(config, image.type);
    if (name !== undefined) return [{ image, name }];
    if (!asked.includes(image.type)) return [];
    throw new UsageError(
      `no image is configured for ${image.type}; set workers.${image.type}.image, or say which: --registry, --tag`,
    );
  });
  if (images.length > 0) return images;
  throw new UsageError(
    "no image is configured; set workers.TYPE.image, or say which: --registry, --tag",
  );
}

function imageOf(config: Config, type: string): string | undefined {
  return lookUpForType(config, type, "image").value;
}
