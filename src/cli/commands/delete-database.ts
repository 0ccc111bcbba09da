import { lookUp } from "../../config/config.ts";
import { ClxError } from "../../domain/errors.ts";
import { size } from "../../domain/size-words.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { type Doomed, remove, whatGoes } from "../database/what-goes.ts";
import { whoUses } from "../database/who-uses.ts";
import { openToLook } from "../status/look-at-store.ts";
import { confirm } from "../workers/confirm.ts";

export const deleteDatabase = defineCommand({
  name: "delete-database",
  usage: "delete-database [--yes] [--all] [--dry-run]",
  summary: "delete the database with all tasks, once nobody uses it any more",
  examples: [
    { wish: "see what would go", line: "clx delete-database --dry-run" },
    {
      wish: "begin anew, without being asked",
      line: "clx stop-services && clx delete-database --all --yes",
    },
  ],
  details:
    "It refuses while workers, services or any other process use the database, and says which. What\nbelongs to the database goes with it: its log (-wal, -shm), and the folder by which processes wake\neach other. A damaged database can be deleted; a file that is no database of clx is left alone.",
  options: {
    yes: { type: "boolean", help: "do not ask" },
    all: { type: "boolean", help: "the logs of workers and the checkpoints of tasks too" },
    "dry-run": { type: "boolean", help: "say what would be deleted, and delete nothing" },
  },
  async run(context, { values }) {
    const { config, database, terminal } = context;
    if (!database.exists) return nothingThere(context);
    const tasks = await refuseIfUsed(context);
    const doomed = whatGoes({
      databasePath: database.path,
      logFolder: lookUp(config, "workers.log_dir").value,
      all: values.all ?? false,
    });
    if (values["dry-run"]) return tell(context, doomed, { tasks, dryRun: true });
    if (!values.yes) {
      const question = `delete ${database.path} with ${tasksWords(tasks)}?`;
      await confirm(terminal, { question, flag: "--yes" });
    }
    await refuseIfUsed(context); // Somebody may have come while the question was open.
    remove(doomed);
    return tell(context, doomed, { tasks, dryRun: false });
  },
});

interface TaskSums {
  readonly open: number;
  readonly ended: number;
}

function nothingThere({ terminal, database }: CommandContext): number {
  if (terminal.json) terminal.printJson({ dry_run: false, tasks: null, deleted: [] });
  else terminal.print(`there is no database at ${database.path}: nothing to delete`);
  return 0;
}

/** Answers with how many tasks there are; `undefined` when the database is too damaged to tell. */
async function refuseIfUsed({ database, clock }: CommandContext): Promise<TaskSums | undefined> {
  const { path } = database;
  const store = await openUnlessDamaged(database);
  try {
    const users = await whoUses(store, path, clock());
    if (users.length > 0) throw inUse(path, users);
    return store && (await countTasks(store));
  } finally {
    await store?.close();
  }
}

async function openUnlessDamaged(
  database: CommandContext["database"],
): Promise<TaskStore | undefined> {
  try {
    return await openToLook(database);
  } catch (error) {
    if (error instanceof ClxError && error.code === "store_corrupt") return undefined;
    throw error;
  }
}

function inUse(path: string, users: readonly string[]): ClxError {
  const shown = users.slice(0, 5).join("; ");
  const more = users.length > 5 ? `; and ${users.length - 5} more` : "";
  return new ClxError(
    "store_in_use",
    `the database ${path} is in use: ${shown}${more}. Stop them first: "clx stop-services", or Ctrl-C where they run`,
  );
}

async function countTasks(store: TaskStore): Promise<TaskSums> {
  const counts = await store.countTasks({});
  const sum = (final: boolean) =>
    counts.reduce((all, { state, count }) => all + (isFinal(state) === final ? count : 0), 0);
  return { open: sum(false), ended: sum(true) };
}

function tasksWords(tasks: TaskSums | undefined): string {
  if (tasks === undefined) return "all of its tasks";
  return `${tasks.open} open and ${tasks.ended} ended tasks`;
}

function tell(
  { terminal }: CommandContext,
  doomed: readonly Doomed[],
  { tasks, dryRun }: { readonly tasks: TaskSums | undefined; readonly dryRun: boolean },
): number {
  if (terminal.json) {
    terminal.printJson({ dry_run: dryRun, tasks: tasks ?? null, deleted: doomed });
    return 0;
  }
  const word = dryRun ? "would delete" : "deleted";
  for (const { path, bytes } of doomed) terminal.print(`${word} ${path} (${size(bytes)})`);
  terminal.print(`${dryRun ? "with it would go" : "with it went"} ${tasksWords(tasks)}`);
  return 0;
}
