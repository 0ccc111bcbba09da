import { defaultContainer } from "../../domain/container-settings.ts";
import { defaultTiming } from "../../domain/launch.ts";
import { endedKeptMs } from "../../domain/worker.ts";
import { choice, decimal, duration, image, size, text, whole, yesOrNo } from "./formats.ts";
import { key, optionalKey } from "./key.ts";
import { folders, freeTable, moduleUrl, path, program } from "./place-formats.ts";

/** As many as there may ever be on one host. */
const mostWorkers = 128;

/** Keys that stand before the first section. */
export const rootKeys = {
  db_path: optionalKey({
    format: path,
    unset: "`.clx/clx_jobs.db` in the project's folder",
    doc: "The database.",
    legacy: ["DB_PATH"],
    flags: [{ name: "db-path", value: "FILE", help: "the database (default: .clx/clx_jobs.db)" }],
    example: '".clx/clx_jobs.db"',
  }),
};

/** `[workers]` */
export const workersKeys = {
  default_execution_mode: key({
    format: choice(["direct", "docker", "inline", "auto"]),
    default: "direct",
    doc: "How workers run: `direct` as processes, `docker` in containers, `inline` as threads of the process that starts them; `auto` is `docker` where a Docker daemon answers and the type's image is there, else `direct`.",
    flags: [{ name: "workers", value: "MODE", help: "run workers direct, docker, inline or auto" }],
  }),
  default_worker_count: key({
    format: whole({ atLeast: 0, atMost: mostWorkers }),
    default: 1,
    doc: "How many workers each type has.",
    legacy: ["WORKER_COUNT"],
    flags: [{ name: "worker-count", value: "N", help: "start N workers per type" }],
  }),
  auto_start: key({
    format: yesOrNo,
    default: true,
    doc: "Start the workers that a run needs and that do not run yet.",
    flags: [{ name: "no-auto-start", means: false, help: "use the workers there are" }],
  }),
  auto_stop: key({
    format: yesOrNo,
    default: true,
    doc: "Stop the workers that a run started when it ends.",
    flags: [{ name: "no-auto-stop", means: false, help: "leave workers running at the end" }],
  }),
  reuse_workers: key({
    format: yesOrNo,
    default: true,
    doc: "Use persistent workers that are healthy instead of starting new ones.",
    flags: [
      { name: "fresh-workers", means: false, help: "start new workers, whatever runs already" },
      { name: "force-new-workers", means: false, help: "the same as --fresh-workers" },
    ],
  }),
  startup_timeout: key({
    format: duration(),
    default: 30_000,
    doc: "A worker that is not ready by then is ended.",
    legacy: ["WORKER_STARTUP_TIMEOUT"],
  }),
  startup_parallel: key({
    format: whole({ atLeast: 1, atMost: mostWorkers }),
    default: 5,
    doc: "How many workers may be starting at once.",
  }),
  startup_retries: key({
    format: whole({ atLeast: 0, atMost: 100 }),
    default: 3,
    doc: "How often in a row a worker that did not start, or ended before it did anything, is started again before its pool gives up.",
  }),
  max_workers: key({
    format: whole({ atLeast: 1, atMost: mostWorkers }),
    default: 4,
    doc: "How many live workers there may be on the machine when one is added by hand. Configured counts are not capped by it.",
    legacy: ["WORKER_MAX_COUNT"],
  }),
  heartbeat_interval: key({
    format: duration(),
    default: defaultTiming.heartbeatMs,
    doc: "How often a worker says that it lives. Its lease is three times as long.",
    legacy: ["WORKER_HEARTBEAT_INTERVAL"],
  }),
  log_dir: optionalKey({
    format: path,
    unset: "`logs` beside the database",
    doc: "The folder of the workers' log files, one per worker: `worker_ID.log`.",
    legacy: ["WORKER_LOG_DIR"],
    example: '"/var/log/clx"',
  }),
  queue_name: key({
    format: text,
    default: "default",
    doc: "The queue that tasks go to and that workers take tasks from.",
    legacy: ["WORKER_QUEUE_NAME"],
  }),
  cleanup_age: key({
    format: duration({ zero: "at once" }),
    default: endedKeptMs,
    doc: "How long workers are kept in the lists after they have ended; then a supervisor removes them. Their events and logs stay.",
    legacy: ["WORKER_CLEANUP_AGE"],
  }),
  concurrency: key({
    format: whole({ atLeast: 1, atMost: 1_000 }),
    default: 1,
    doc: "How many tasks a worker takes at once.",
    legacy: ["QUEUE_CONCURRENCY"],
  }),
  docker_network: key({
    format: text,
    default: defaultContainer.network,
    doc: "The Docker network of the containers. When there is none of this name it is made, without a way out of the machine; for workers that need the internet make one and name it here.",
  }),
  docker_link: key({
    format: choice(["api", "tcp", "database"]),
    default: defaultContainer.link,
    doc: "How workers in containers reach the store: `api` through the process that keeps them, on a socket, without the database in their reach; `tcp` the same on a port of the loopback and of the network's bridge, where sockets cannot be mounted (Docker Desktop); `database` by opening the database, whose folder is mounted into them.",
  }),
  docker_pull: key({
    format: yesOrNo,
    default: defaultContainer.pull === "missing",
    doc: "Pull images that are not on this machine.",
    flags: [{ name: "no-pull", means: false, help: "do not pull images that are missing" }],
  }),
  docker_workspace: optionalKey({
    format: folders,
    unset: "none",
    doc: "Folders that workers in containers may write besides the outputs of the build that starts them; made when they are not there. Services need those of the courses that they shall build. In a variable they are separated by commas.",
    example: '["output"]',
  }),
  task_timeout: key({
    format: duration({ zero: "no limit" }),
    default: 172_800_000,
    doc: "How long an attempt at a task may take, when neither the task nor `max_job_time` of its type says it.",
    legacy: ["WORKER_TASK_TIMEOUT"],
  }),
};

/** `[server]` */
export const serverKeys = {
  mode: key({
    format: choice(["inline", "standalone", "managed"]),
    default: "inline",
    doc: "Where `clx serve` runs tasks: `inline` in threads of its own process, `standalone` not at all (workers are started by others), `managed` in worker processes that it keeps.",
    legacy: ["WORKER_MODE"],
  }),
  host: key({
    format: text,
    default: "127.0.0.1",
    doc: "The address that `clx serve` listens on. Beyond this machine it listens only once there is a key (`clx keys create`).",
  }),
  port: key({
    format: whole({ atLeast: 0, atMost: 65_535 }),
    default: 5_000,
    doc: "The port that `clx serve` listens on; 0 for any that is free.",
    legacy: ["PORT"],
  }),
  shutdown_timeout: key({
    format: duration({ zero: "they are given back at once" }),
    default: 30_000,
    doc: "How long running tasks may go on when `clx serve` is told to stop; then they are given back to the queue.",
  }),
  body_limit: key({
    format: size,
    default: 1024 ** 2,
    doc: "The largest request body.",
  }),
  rate_limit: key({
    format: whole({ atLeast: 0, atMost: 1_000_000 }),
    default: 0,
    doc: "How many requests a minute a caller may make; 0 for no limit.",
  }),
  sign_in_time: key({
    format: duration(),
    default: 43_200_000,
    doc: "How long a browser stays signed in to the dashboard.",
  }),
  allowed_folders: optionalKey({
    format: folders,
    unset: "any, as long as no key is in force",
    doc: "The folders that tasks submitted over HTTP may name as their working directory; their subfolders too. In a variable they are separated by commas.",
    legacy: ["ALLOWED_WORKING_DIRECTORIES"],
    example: '["projects", "/srv/data"]',
  }),
};

/** `[workers.TYPE]` */
export const typeKeys = {
  execution_mode: key({
    format: workersKeys.default_execution_mode.format,
    default: workersKeys.default_execution_mode.default,
    inherits: "default_execution_mode",
    doc: "How the workers of this type run.",
  }),
  count: key({
    format: workersKeys.default_worker_count.format,
    default: workersKeys.default_worker_count.default,
    inherits: "default_worker_count",
    doc: "How many workers of this type there are; 0 for none.",
    flags: [{ name: "<type>-workers", value: "N", help: "start N <type> workers" }],
  }),
  concurrency: key({
    format: workersKeys.concurrency.format,
    default: workersKeys.concurrency.default,
    inherits: "concurrency",
    doc: "How many tasks a worker of this type takes at once.",
  }),
  max_job_time: key({
    format: workersKeys.task_timeout.format,
    default: workersKeys.task_timeout.default,
    inherits: "task_timeout",
    doc: "How long an attempt at a task of this type may take. The default of `notebook`, `plantuml` and `drawio` is shorter, as long as `task_timeout` is not set.",
  }),
  expected_memory: key({
    format: size,
    default: 512 * 1024 ** 2,
    doc: "What a worker is expected to need at its peak: it is started only where that much is free.",
  }),
  memory_limit: optionalKey({
    format: size,
    unset: "no limit",
    doc: "A worker whose processes together need more memory than this is ended.",
    example: '"1g"',
  }),
  image: optionalKey({
    format: image,
    unset: "none; `docker` mode needs one",
    doc: "The image of its containers.",
    example: '"registry.example.org/worker:1.0"',
  }),
  cpus: optionalKey({
    format: decimal({ above: 0, atMost: 1_024 }),
    unset: "all there are",
    doc: "How many cores each of its containers may use.",
    example: "1.5",
  }),
  pids_limit: key({
    format: whole({ atLeast: 32, atMost: 4_194_304 }),
    default: defaultContainer.pidsLimit,
    doc: "How many processes and threads each of its containers may have at once.",
  }),
  settings: optionalKey({
    format: freeTable,
    unset: "none",
    doc: "Given to the handler as it is; a `command` finds it as JSON in `CLX_SETTINGS`. A stronger layer replaces the whole table.",
    example: "{ key = 1 }",
  }),
};

/** `[workers.TYPE]`, of types that do not ship: what makes them. */
export const ownTypeKeys = {
  handler: optionalKey({
    format: moduleUrl,
    unset: "none",
    doc: "A module whose default export is `defineWorker({ … })`.",
  }),
  command: optionalKey({
    format: program,
    unset: "none",
    doc: "A program and its arguments, run once for each task, in the folder that relative paths start at. It reads the task's payload as JSON from its standard input and otherwise behaves like a task of type `command`.",
  }),
};
