import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { filesOfPackages } from "./debian-files.ts";
import { makeOnce, untilDone } from "./make-once.ts";

/** What `node:24-bookworm-slim` has, as far as workers need it. */
const basePackages = [
  "base-files",
  "bash",
  "dash",
  "coreutils",
  "findutils",
  "grep",
  "sed",
  "tar",
  "procps",
  "util-linux",
  "libstdc++6",
  "libatomic1",
];

/** For the images that run Python notebooks. */
export const pythonPackages = ["python3-ipykernel"];

/**
 * An image that stands for `node:24-bookworm-slim` where no registry is in reach: the Node that
 * runs the tests, and the files of this machine's own Debian packages. Made when it is not there.
 */
export async function baseImage(
  docker: Docker,
  morePackages: readonly string[] = [],
): Promise<string> {
  const packages = [...basePackages.filter(isInstalled), ...morePackages];
  const files = filesOfPackages(packages);
  const hash = createHash("sha256")
    .update([process.version, ...files].join("\n"))
    .digest("hex");
  const tag = hash.slice(0, 12);
  return makeOnce(docker, `clx-test-base:${tag}`, () => importFiles(docker, tag, files));
}

async function importFiles(docker: Docker, tag: string, files: readonly string[]): Promise<void> {
  const extras = makeExtras();
  try {
    const options = ["--create", "--file=-", "--numeric-owner", "--owner=0", "--group=0"];
    const tar = spawn("tar", [...options, "-C", extras, ".", "-C", "/", "--null", "-T", "-"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    tar.stdin.on("error", () => {}); // tar has ended: its output tells
    tar.stdin.end(files.map((file) => `.${file}\0`).join(""));
    const told = await docker.importImage(tar.stdout, {
      repo: "clx-test-base",
      tag,
      changes: ["ENV PATH=/usr/local/bin:/usr/bin:/bin", 'CMD ["node"]', "LABEL clx.test=image"],
    });
    await untilDone(docker, told);
  } finally {
    rmSync(extras, { recursive: true, force: true });
  }
}

/** What belongs to no package. */
function makeExtras(): string {
  const root = mkdtempSync(join(tmpdir(), "clx-test-base-"));
  chmodSync(root, 0o755);
  for (const folder of ["bin", "sbin", "lib"])
    mkdirSync(join(root, "usr", folder), { recursive: true });
  mkdirSync(join(root, "usr/lib64"));
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  for (const folder of ["dev", "etc", "home", "opt", "proc", "root", "run", "sys", "var/tmp"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/bash\nnode:x:1000:1000::/home/node:/bin/bash\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  return root;
}

function isInstalled(name: string): boolean {
  try {
    return filesOfPackages([name]).length > 0;
  } catch {
    return false;
  }
}
