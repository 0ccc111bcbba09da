import { defineCommand } from "../command.ts";

export const dockerList = defineCommand({
  name: "docker list",
  usage: "docker list",
  summary: "show the images of workers: here, and configured",
  examples: [
    { wish: "see whether the images that are configured are here", line: "clx docker list" },
  ],
  options: {},
  async run(context) {
    const { listHere } = await import("../docker/list-here.ts");
    return await listHere(context);
  },
});
