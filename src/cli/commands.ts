import type { Command } from "./command.ts";

/** Every command by its name, loaded when it is wanted. The order is that of the help. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  build: async () => (await import("./commands/build.ts")).build,
  "new-course": async () => (await import("./commands/new-course.ts")).newCourse,
  outline: async () => (await import("./commands/outline.ts")).outline,
  targets: async () => (await import("./commands/targets.ts")).targets,
  exec: async () => (await import("./commands/exec.ts")).exec,
  submit: async () => (await import("./commands/submit.ts")).submit,
  "tasks list": async () => (await import("./commands/tasks-list.ts")).tasksList,
  "tasks show": async () => (await import("./commands/tasks-show.ts")).tasksShow,
  "tasks logs": async () => (await import("./commands/tasks-logs.ts")).tasksLogs,
  "tasks wait": async () => (await import("./commands/tasks-wait.ts")).tasksWait,
  "tasks cancel": async () => (await import("./commands/tasks-cancel.ts")).tasksCancel,
  "tasks retry": async () => (await import("./commands/tasks-retry.ts")).tasksRetry,
  "tasks delete": async () => (await import("./commands/tasks-delete.ts")).tasksDelete,
  "queue list": async () => (await import("./commands/queue-list.ts")).queueList,
  "queue pause": async () => (await import("./commands/queue-pause.ts")).queuePause,
  "queue resume": async () => (await import("./commands/queue-resume.ts")).queueResume,
  "start-services": async () => (await import("./commands/start-services.ts")).startServices,
  "stop-services": async () => (await import("./commands/stop-services.ts")).stopServices,
  worker: async () => (await import("./commands/worker.ts")).worker,
  supervise: async () => (await import("./commands/supervise.ts")).supervise,
  serve: async () => (await import("./commands/serve.ts")).serve,
  "workers list": async () => (await import("./commands/workers-list.ts")).workersList,
  "workers drain": async () => (await import("./commands/workers-drain.ts")).workersDrain,
  "workers abort": async () => (await import("./commands/workers-abort.ts")).workersAbort,
  "workers cleanup": async () => (await import("./commands/workers-cleanup.ts")).workersCleanup,
  "docker build": async () => (await import("./commands/docker-build.ts")).dockerBuild,
  "docker pull": async () => (await import("./commands/docker-pull.ts")).dockerPull,
  "docker push": async () => (await import("./commands/docker-push.ts")).dockerPush,
  "docker list": async () => (await import("./commands/docker-list.ts")).dockerList,
  status: async () => (await import("./commands/status.ts")).status,
  monitor: async () => (await import("./commands/monitor.ts")).monitor,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  explain: async () => (await import("./commands/explain.ts")).explain,
  events: async () => (await import("./commands/events.ts")).events,
  "keys create": async () => (await import("./commands/keys-create.ts")).keysCreate,
  "keys list": async () => (await import("./commands/keys-list.ts")).keysList,
  "keys revoke": async () => (await import("./commands/keys-revoke.ts")).keysRevoke,
  "config init": async () => (await import("./commands/config-init.ts")).configInit,
  "config show": async () => (await import("./commands/config-show.ts")).configShow,
  "config locate": async () => (await import("./commands/config-locate.ts")).configLocate,
  "config validate": async () => (await import("./commands/config-validate.ts")).configValidate,
  prune: async () => (await import("./commands/prune.ts")).prune,
  "db stats": async () => (await import("./commands/db-stats.ts")).dbStats,
  "db prune": async () => (await import("./commands/db-prune.ts")).dbPrune,
  "db vacuum": async () => (await import("./commands/db-vacuum.ts")).dbVacuum,
  "db backup": async () => (await import("./commands/db-backup.ts")).dbBackup,
  "delete-database": async () => (await import("./commands/delete-database.ts")).deleteDatabase,
  completion: async () => (await import("./commands/completion.ts")).completion,
};

export async function allCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(commands).map((load) => load()));
}

/** Names of the commands of a group such as "tasks". */
export function commandsOf(group: string): string[] {
  return Object.keys(commands).filter((name) => name.startsWith(`${group} `));
}
