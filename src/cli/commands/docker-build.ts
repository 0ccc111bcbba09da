import { defineCommand } from "../command.ts";
import { namesOf, namingOptions, typesOf } from "../docker/image-options.ts";

export const dockerBuild = defineCommand({
  name: "docker build",
  usage: "docker build [TYPE…] [--base IMAGE] [--registry NAME] [--tag TAG]",
  summary: "build the images of workers from what is installed here",
  examples: [
    { wish: "build all images", line: "clx docker build" },
    {
      wish: "build one from a base image of your own",
      line: "clx docker build notebook --base registry.example.org/node-python:24",
    },
  ],
  details: `An image has this clx and the packages that its worker type needs, as they are installed here: building
needs no npm, and of the network only the base image (node:24-bookworm-slim) and, from Debian, Python with a
Jupyter kernel for notebooks and git for agents. A base image that has those is left as it is. What notebooks
import besides goes into an image of your own, made FROM this one.`,
  options: {
    ...namingOptions,
    base: { type: "string", value: "IMAGE", help: "what images are made from" },
    network: {
      type: "string",
      value: "NAME",
      help: "the engine's network that building may use: none, host or another",
    },
  },
  words: { atLeast: 0, atMost: 9 },
  async run(context, { values, words }) {
    const images = namesOf(typesOf(words), values);
    const { buildImages } = await import("../docker/build-images.ts");
    return await buildImages(context, { images, base: values.base, network: values.network });
  },
});
