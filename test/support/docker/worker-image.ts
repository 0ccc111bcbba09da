import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { untilDone } from "./make-once.ts";
import { ourImages } from "./our-images.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** The image for programs; whoever has a handler of their own grants its folder. */
export async function workerImage(docker: Docker): Promise<string> {
  const { command = "" } = await ourImages(docker, "command");
  return command;
}

/** Builds from files of this checkout. */
export async function buildImage(
  docker: Docker,
  params: {
    readonly tag: string;
    readonly paths: readonly string[];
    readonly lines: readonly string[];
  },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "clx-test-build-"));
  try {
    writeFileSync(join(folder, "Dockerfile"), params.lines.join("\n"));
    writeFileSync(join(folder, ".dockerignore"), "Dockerfile\n.dockerignore\n");
    const args = ["--create", "--file=-", "-C", folder, ".", "-C", root, ...params.paths];
    const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "inherit"] });
    const told = await docker.buildImage(tar.stdout, {
      t: params.tag,
      labels: { "clx.test": "image" },
      networkmode: "none",
    });
    await untilDone(docker, told);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
