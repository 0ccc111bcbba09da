import { mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { configTemplate } from "../../config/config-template.ts";
import { keepOutOfGit } from "../../config/keep-out-of-git.ts";
import { type ConfigPlace, findPlaces } from "../../config/layers/places.ts";
import { ClxError } from "../../domain/errors.ts";
import { defineCommand } from "../command.ts";
import { parseOneOf } from "../input/one-of.ts";

export const configInit = defineCommand({
  name: "config init",
  usage: "config init [--location project|user|system] [--force]",
  summary: "write a configuration file that explains every key and changes nothing yet",
  examples: [
    { wish: "for this project: .clx/config.toml", line: "clx config init" },
    { wish: "for all of your projects", line: "clx config init --location=user" },
  ],
  options: {
    location: {
      type: "string",
      value: "WHERE",
      help: "project, user or system (default: project)",
    },
    force: { type: "boolean", help: "replace the file that is there" },
  },
  bearsWrongConfig: true,
  async run({ terminal, cwd }, { values }) {
    const location = parseOneOf(values.location ?? "project", "--location", [
      "project",
      "user",
      "system",
    ]);
    const places = findPlaces({ cwd, env: process.env, home: homedir() });
    const place = places.find((candidate) => candidate.location === location);
    if (place === undefined) throw new Error(`no place for ${location}`);
    await write(place, values.force ?? false);
    if (terminal.json) terminal.printJson({ location, path: place.path });
    else terminal.print(place.path);
    return 0;
  },
});

async function write({ path, location }: ConfigPlace, replace: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    keepOutOfGit(dirname(path));
    if (replace) await writeInItsPlace(path);
    else await writeFile(path, configTemplate(), { flag: "wx" });
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, path, location);
  }
}

/** Whoever reads it meanwhile sees the old file or the new one, whole. */
async function writeInItsPlace(path: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, configTemplate(), { flag: "wx" });
  await rename(draft, path);
}

function explain(error: NodeJS.ErrnoException, path: string, location: string): Error {
  const { code } = error;
  if (code === "EEXIST") {
    return new ClxError(
      "config_exists",
      `${path} is there already; edit it, or replace it with --force`,
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    const hint =
      location === "system" ? "run it as root, or use --location=user" : "check its owner";
    return new ClxError("invalid_value", `${path} may not be written by you; ${hint}`);
  }
  return error;
}
