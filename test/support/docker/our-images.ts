import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { buildImage } from "../../../src/docker-images/build-image.ts";
import { type ImageType, imageTypes } from "../../../src/docker-images/image-types.ts";
import { baseImage, pythonPackages } from "./base-image.ts";
import { makeOnce } from "./make-once.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** By worker type; `server` too. */
export type OurImages = Readonly<Record<string, string>>;

/**
 * The images that `clx docker build` makes of this checkout as it is built (`dist`), from a base
 * image of this machine's files. Made when they are not there.
 */
export async function ourImages(
  docker: Docker,
  ...types: readonly ("agent" | "command" | "drawio" | "notebook" | "plantuml" | "server")[]
): Promise<OurImages> {
  const base = await imageBase(docker);
  const tag = hashOfAll(base);
  const names: Record<string, string> = {};
  for (const image of imageTypes.filter(({ type }) => (types as string[]).includes(type))) {
    names[image.type] = await makeOnce(docker, `clx-test/${image.type}:${tag}`, async () =>
      build(docker, {
        ...{ image, tag },
        base: image.type === "agent" ? await baseImage(docker, ["git"]) : base,
      }),
    );
  }
  return names;
}

/** What stands for `node:24-bookworm-slim` with Python. */
export async function imageBase(docker: Docker): Promise<string> {
  return await baseImage(docker, pythonPackages);
}

async function build(
  docker: Docker,
  { image, base, tag }: { readonly image: ImageType; readonly base: string; readonly tag: string },
): Promise<void> {
  await buildImage({
    ...{ docker, image, base, name: `clx-test/${image.type}:${tag}`, version: "0.0.0-test" },
    network: "none",
    labels: { "clx.test": "image" },
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  await removeOld(docker, image.type);
}

/** Nobody tests as long with what was built before: each would stay for ever. */
async function removeOld(docker: Docker, type: string): Promise<void> {
  const found = await docker.listImages({ filters: { reference: [`clx-test/${type}`] } });
  const old = found.filter(({ Created }) => Date.now() / 1_000 - Created > 3_600);
  for (const name of old.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    await docker
      .getImage(name)
      .remove()
      .catch(() => {}); // a container uses it, or somebody else has just removed it
  }
}

function hashOfAll(base: string): string {
  const hash = createHash("sha256").update(base);
  const files = ["package-lock.json", ...["bin", "dist", "docker"].flatMap(filesUnder)];
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 12);
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
    .sort();
}
