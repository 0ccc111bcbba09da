import { expect, it } from "vitest";
import { ConfigSite } from "../../../test/support/config-site.ts";
import { toolIdentity } from "./tool-identity.ts";

async function identityWith(settings: string) {
  return toolIdentity(await new ConfigSite().write("project", settings).load());
}

it("knows the outputs of containers by their image, whatever this machine has", async () => {
  const image = '[workers.notebook]\nexecution_mode = "docker"\nimage = "clx/notebook:1"';

  const { notebook, kernelFor, plantuml } = await identityWith(image);

  expect(notebook).toContain("image clx/notebook:1");
  expect(await kernelFor("python")).toBe("image clx/notebook:1");
  expect(plantuml).not.toContain("image");
});

it("does not speak of an image that is not used", async () => {
  const { notebook } = await identityWith('[workers.notebook]\nimage = "clx/notebook:1"');

  expect(notebook).not.toContain("image");
});

it("reckons with this machine and with the image where it is not settled yet", async () => {
  const image = 'execution_mode = "auto"\nimage = "clx/notebook:1"';

  const { notebook, kernelFor } = await identityWith(`[workers.notebook]\n${image}`);

  expect(notebook).toContain("image clx/notebook:1");
  expect(await kernelFor("python")).not.toContain("clx/notebook:1");
});
