import { defineCommand } from "../command.ts";
import { namesOf, namingOptions, typesOf } from "../docker/image-options.ts";
import { UsageError } from "../usage-error.ts";

export const dockerPush = defineCommand({
  name: "docker push",
  usage: "docker push [TYPE…] --registry NAME [--tag TAG]",
  summary: "bring images that were built here to a registry",
  examples: [
    {
      wish: "give your team the images of this version",
      line: "clx docker push --registry registry.example.org/team",
    },
  ],
  details:
    "They are pushed under the names that clx docker build gave them with the same --registry and --tag.\nWhat docker login has been told is used.",
  options: namingOptions,
  words: { atLeast: 0, atMost: 9 },
  async run(context, { values, words }) {
    if (values.registry === undefined) {
      throw new UsageError("say where to: --registry registry.example.org/team");
    }
    const images = namesOf(typesOf(words), values);
    const { pushImages } = await import("../docker/push-images.ts");
    return await pushImages(context, images);
  },
});
