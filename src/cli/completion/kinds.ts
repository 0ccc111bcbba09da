import { typesThatShip } from "../../config/schema/worker-types.ts";
import { imageTypes } from "../../docker-images/image-types.ts";
import { errorFacts } from "../../domain/errors.ts";
import { eventTypes } from "../../domain/event.ts";
import { failureKinds } from "../../domain/failure.ts";
import { taskStates } from "../../domain/task-state.ts";
import { workerStates } from "../../domain/worker-state.ts";
import { serveModes } from "../../server/server-settings.ts";
import type { OptionSpec } from "../command.ts";
import type { ListName } from "./list-ids.ts";

/** What can stand at a place of the command line. */
export type Kind =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  /** Looked up in the database while one types. */
  | { readonly kind: "ids"; readonly list: ListName }
  | { readonly kind: "files" }
  | { readonly kind: "anything" };

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

const files: Kind = { kind: "files" };
const anything: Kind = { kind: "anything" };

function choices(words: readonly string[]): Kind {
  return { kind: "choices", choices: words };
}

function ids(list: ListName): Kind {
  return { kind: "ids", list };
}

const images = choices(imageTypes.map(({ type }) => type));

/** For the words of commands that take some. */
export const kindsOfWords: Readonly<Record<string, Kind>> = {
  build: files,
  "new-course": files,
  outline: files,
  targets: files,
  exec: choices(typesThatShip),
  submit: choices(typesThatShip),
  "tasks show": ids("tasks"),
  "tasks logs": ids("tasks"),
  "tasks wait": ids("open-tasks"),
  "tasks cancel": ids("open-tasks"),
  "tasks retry": ids("failed-tasks"),
  "tasks delete": ids("ended-tasks"),
  "workers drain": ids("workers"),
  "workers abort": ids("workers"),
  "config validate": files,
  "db backup": files,
  "docker build": images,
  "docker pull": images,
  "docker push": images,
  completion: choices(shells),
  explain: choices(Object.keys(errorFacts)),
};

/** For options whose value one cannot tell from what the help calls it. */
const kindsOfOptions: Readonly<Record<string, Kind>> = {
  "build --output-mode": choices(["default", "verbose", "quiet", "json"]),
  "build --kinds": choices(["code-along", "completed", "speaker"]),
  "tasks list --status": choices(taskStates),
  "tasks list --failed-of": choices(Object.keys(failureKinds)),
  "workers list --status": choices(workerStates),
  "events --type": choices(eventTypes),
  "config init --location": choices(["project", "user", "system"]),
  "serve --mode": choices(serveModes),
  "--format": choices(["table", "json"]),
  "--type": choices(typesThatShip),
  "--types": choices(typesThatShip),
  "--workers": choices(["direct", "docker", "inline", "auto"]),
  "--mode": choices(["direct", "docker", "inline"]),
  "--log-level": choices(["debug", "info", "warn", "error"]),
  "--log-format": choices(["pretty", "json"]),
  "--permission-mode": choices(["default", "acceptEdits", "bypassPermissions", "plan"]),
  "--continue": ids("ended-tasks"),
  "--file": files,
  "--worker": ids("all-workers"),
  "--task": ids("tasks"),
};

export function kindOfOption(command: string, name: string, { value = "" }: OptionSpec): Kind {
  const known = kindsOfOptions[`${command} --${name}`] ?? kindsOfOptions[`--${name}`];
  if (known) return known;
  if (value === "FILE" || value === "DIR") return files;
  if (value === "ID" && name === "after") return ids("tasks");
  return value.includes("|") ? choices(value.split("|")) : anything;
}
