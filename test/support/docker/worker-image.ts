import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { baseImage } from "./base-image.ts";
import { makeOnce, untilDone } from "./make-once.ts";

/** Where the package is in our images. */
export const packageFolder = "/opt/clx";

const root = new URL("../../../", import.meta.url).pathname;

/**
 * An image of this checkout as it is built (`dist`), with what it needs to run. Made when it is
 * not there: the packages are a layer of their own, which only a new lock file makes again.
 */
export async function workerImage(
  docker: Docker,
  morePackages: readonly string[] = [],
): Promise<string> {
  const base = await baseImage(docker, morePackages);
  const packages = await packagesImage(docker, base);
  const files = ["package.json", ...filesUnder("bin"), ...filesUnder("dist")];
  const tag = hashOf([packages, ...files.map((file) => file + hashOf([read(file)]))]);
  return makeOnce(docker, `clx-test-worker:${tag}`, () =>
    buildImage(docker, {
      tag: `clx-test-worker:${tag}`,
      paths: ["package.json", "bin", "dist"],
      lines: [`FROM ${packages}`, `COPY . ${packageFolder}/`, `WORKDIR ${packageFolder}`],
    }),
  );
}

async function packagesImage(docker: Docker, base: string): Promise<string> {
  const paths = runtimePackages();
  const tag = hashOf([base, ...paths, read("package-lock.json")]);
  return makeOnce(docker, `clx-test-packages:${tag}`, () =>
    buildImage(docker, {
      tag: `clx-test-packages:${tag}`,
      paths,
      lines: [
        `FROM ${base}`,
        "LABEL clx.test=image",
        `COPY node_modules ${packageFolder}/node_modules`,
      ],
    }),
  );
}

/** The folders of `node_modules` that are more than tools of ours, and are there. */
export function runtimePackages(): string[] {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const installed = new Set([...readdirSync(join(root, "node_modules")), ...scopedPackages()]);
  return Object.entries(packages)
    .filter(([path, { dev }]) => path.lastIndexOf("node_modules/") === 0 && dev !== true)
    .map(([path]) => path)
    .filter((path) => installed.has(path.slice("node_modules/".length)))
    .sort();
}

function scopedPackages(): string[] {
  const scopes = readdirSync(join(root, "node_modules")).filter((name) => name.startsWith("@"));
  return scopes.flatMap((scope) =>
    readdirSync(join(root, "node_modules", scope)).map((name) => `${scope}/${name}`),
  );
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

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
    .sort();
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);
}
