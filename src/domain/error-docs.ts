import type { ErrorCode } from "./errors.ts";

interface ErrorDoc {
  readonly meaning: string;
  readonly whatToDo: string;
}

/** A row of `docs/errors.md` for each code; the compiler asks for one when a code is added. */
export const errorDocs: Record<ErrorCode, ErrorDoc> = {
  usage: {
    meaning: "The command line or the call was not understood.",
    whatToDo: "Read the message; `clx --help` and `clx COMMAND --help` list what there is.",
  },
  invalid_value: {
    meaning: "A value is of the wrong type, out of its range, or too large.",
    whatToDo:
      "The message names the value and what it may be. Results and checkpoints may have 1 MiB; put more into a file.",
  },
  invalid_config: {
    meaning:
      "The configuration is wrong: an unknown key, a value that cannot be, two places that contradict each other.",
    whatToDo:
      "The message names every place with line and column. `clx config validate` checks again, `docs/configuration.md` has all keys.",
  },
  config_exists: {
    meaning: "There is a configuration file at this place already.",
    whatToDo: "Edit it, or let `clx config init --force` replace it.",
  },
  task_not_found: {
    meaning: "No task has this id. It may have been pruned.",
    whatToDo:
      "`clx tasks list` shows those there are. Check `--db-path`: each database has its own.",
  },
  worker_not_found: {
    meaning: "No worker has this id. Its row may have been cleaned up.",
    whatToDo: "`clx workers list` shows those there are. Check `--db-path`.",
  },
  session_not_found: {
    meaning: "No session has this id.",
    whatToDo: "Start the build or server again; a session lives as long as its process.",
  },
  key_not_found: {
    meaning: "No key has this id or name.",
    whatToDo: "`clx keys list` shows those there are.",
  },
  not_found: {
    meaning: "The server has nothing under this path.",
    whatToDo: "`/api/openapi.json` and `/api/docs` have every path.",
  },
  method_not_allowed: {
    meaning: "The path is there, but not for this method.",
    whatToDo: "The header `Allow` names the methods it takes.",
  },
  unauthorised: {
    meaning: "The server asks for a key, and none came with the request, or it is not in force.",
    whatToDo:
      "Send `Authorization: Bearer KEY` or `X-API-Key: KEY`; `clx keys create` makes one. In a browser, sign in.",
  },
  forbidden: {
    meaning: "The key's role may not do this, or a page of another site has sent the request.",
    whatToDo:
      "The message names the role that is needed. `clx keys create --role` makes such a key.",
  },
  folder_not_allowed: {
    meaning: "The task names a folder that the server does not open to tasks.",
    whatToDo: "Choose a folder under one of `[server] allowed_folders`, or add to those.",
  },
  conflict: {
    meaning:
      "What was asked contradicts what there is by now: a name that is taken, a page that is out of date.",
    whatToDo: "The message says how it stands; look again and decide anew.",
  },
  body_too_large: {
    meaning: "The request's body is larger than the server takes.",
    whatToDo: "Send less at once, or raise `[server] body_limit`.",
  },
  unsupported_media_type: {
    meaning: "The request's body is not of a kind that this path takes.",
    whatToDo: "Send JSON with `Content-Type: application/json`.",
  },
  too_many_requests: {
    meaning: "The caller has made more requests within a minute than the server takes.",
    whatToDo:
      "Wait as long as `Retry-After` says; submit many tasks in one request; or raise `[server] rate_limit`.",
  },
  shutting_down: {
    meaning: "The server ends, finishes what runs, and takes no new work.",
    whatToDo:
      "Send it again after `Retry-After`, when the server is back. What was acknowledged is kept.",
  },
  not_managed: {
    meaning: "Workers cannot be added or ended here: the server does not keep any.",
    whatToDo: "Start it with `--mode managed`, or start workers with `clx worker` beside it.",
  },
  internal: {
    meaning: "A fault of ours.",
    whatToDo:
      "The server's log has the details, under the id of the answer's `X-Request-Id`. Please report it.",
  },
  illegal_transition: {
    meaning:
      "The task or worker is in a state that has no such step, such as the retry of a completed task.",
    whatToDo: "Look at its state; `docs/states.md` has every legal step.",
  },
  unknown_dependency: {
    meaning: "A task shall wait for another that does not exist.",
    whatToDo: "Submit the other first, or both in one call with the other before it.",
  },
  key_conflict: {
    meaning:
      "The idempotency key belongs to a task of another type, or an access key in force has that name.",
    whatToDo: "Use another key, or another name.",
  },
  worker_refused: {
    meaning:
      "A process wanted to become a worker whose row is gone, ended or taken, or its token is wrong.",
    whatToDo:
      "Nothing, if the worker was stopped while it started. Otherwise start workers through a supervisor only.",
  },
  worker_api_mismatch: {
    meaning: "A worker and its server speak different versions of the worker API.",
    whatToDo:
      "The message names both versions. Use the same release of clx for the server, for images and on every machine that has workers.",
  },
  admission_refused: {
    meaning:
      "The machine has no room for another worker: memory, cores or the cap say no. The message tells which.",
    whatToDo:
      "Wait, stop other workers, or lower the expected memory of the worker type if it is set too high.",
  },
  unknown_worker_type: {
    meaning: "There is no worker type of this name.",
    whatToDo: "Check the spelling; the message names the nearest known one.",
  },
  unknown_handler: {
    meaning:
      "The module of a worker type cannot be loaded, or its default export is no worker definition.",
    whatToDo: "Check the path, and that the module says `export default defineWorker({ … })`.",
  },
  invalid_payload: {
    meaning: "The payload does not fit the worker type's schema.",
    whatToDo: "The message names every field at fault and what it may be.",
  },
  image_failed: {
    meaning: "An image of workers could not be built, pulled or pushed.",
    whatToDo:
      "The message has the engine's own words. Check the name of the image and of its base (`--base`), the network, and `docker login` for the registry; `docs/docker.md` shows the whole way.",
  },
  worker_start_failed: {
    meaning: "The process of a worker could not be started, or did not get ready in time.",
    whatToDo:
      "Read the end of its log in the message; the whole log is where `clx workers list --format json` says.",
  },
  no_workers: {
    meaning: "Nobody is there who would do the task, and starting workers is switched off.",
    whatToDo:
      "Start some with `clx start-services` or `clx supervise`, or allow it: `auto_start = true`, without `--no-auto-start`.",
  },
  services_conflict: {
    meaning:
      "The services of this project run already with another database, or on another machine.",
    whatToDo: "Stop those first with `clx stop-services`; the message says which they are.",
  },
  process_not_stopped: {
    meaning:
      "Processes are left that could not be ended: stuck in the kernel, or not ours to signal.",
    whatToDo: "Look at the pids in the message. Stuck disk or network mounts are the usual cause.",
  },
  store_busy: {
    meaning: "Somebody else keeps the database locked for longer than we wait.",
    whatToDo:
      "Close other programs that have the file open in a transaction. Workers keep their results and try again.",
  },
  store_full: {
    meaning: "The disk, or the quota, of the database is full.",
    whatToDo:
      "Make room. Workers keep their results and report them then. `clx prune` removes old tasks.",
  },
  store_io: {
    meaning: "The disk of the database failed to read or write.",
    whatToDo: "Check the disk, its mount and the kernel's log. Workers try again for a while.",
  },
  store_corrupt: {
    meaning: "The database file is damaged.",
    whatToDo:
      "Stop everything, keep a copy, restore a backup or use `sqlite3 FILE .recover`. Keep the file off network and shared mounts.",
  },
  store_not_a_database: {
    meaning: "The file is no database of ours.",
    whatToDo: "Check `--db-path`. Nothing has been written to the file.",
  },
  store_too_new: {
    meaning: "The database was made by a newer version of CLX.",
    whatToDo: "Update CLX, or use another database. Nothing has been written to the file.",
  },
  store_read_only: {
    meaning: "The database or its folder may not be written by this user.",
    whatToDo: "Change the owner or mode of both, or use another `--db-path`.",
  },
  store_folder_missing: {
    meaning: "The folder of the database does not exist.",
    whatToDo: "Create it, or correct `--db-path`.",
  },
  store_missing: {
    meaning: "There is no database at this place yet, and the command does not make one.",
    whatToDo:
      "Check `--db-path` and the folder you are in; submit a task or start a supervisor to make one.",
  },
  store_closed: {
    meaning: "The store was used after it was closed.",
    whatToDo: "Harmless during a shutdown. Otherwise close it later.",
  },
  store_in_use: {
    meaning: "The database is to be deleted, and workers or other processes still use it.",
    whatToDo: "The message names them. Stop them first: `clx stop-services`, Ctrl-C for a run.",
  },
  file_exists: {
    meaning: "A file is to be written, and there is one of this name already.",
    whatToDo: "Give another name, or `--force` to replace it.",
  },
  file_refused: {
    meaning: "The system does not let a file or folder be made, read or written.",
    whatToDo:
      "The message names it. Look at its owner and mode (`ls -ld`), at the room on its disk (`df`), or work in another folder.",
  },
  timed_out: {
    meaning: "What was waited for did not happen in time. What goes on in the background goes on.",
    whatToDo: "Wait again, or longer.",
  },
  unreachable: {
    meaning: "A client got no answer from the server's address.",
    whatToDo:
      "Start it (`clx serve`), or correct the address. A submit without `key` may have been done.",
  },
  interrupted: {
    meaning: "Somebody pressed Ctrl-C or sent SIGTERM.",
    whatToDo: "Nothing: what was started has been stopped.",
  },
  docker_unavailable: {
    meaning: "Workers shall run in Docker, and its daemon does not answer.",
    whatToDo:
      "Start it, or set `DOCKER_HOST` to where it is; `clx doctor` looks at it. Or run the workers direct: `--workers=direct`.",
  },
  docker_forbidden: {
    meaning: "Workers shall run in Docker, and this user may not speak with its daemon.",
    whatToDo: "Join the group of its socket: `sudo usermod -aG docker $USER`, then log in again.",
  },
  image_missing: {
    meaning: "The image of a container is not on this machine, and could not or may not be pulled.",
    whatToDo:
      "Build it (`clx docker build`), pull it (`clx docker pull`), or correct `workers.TYPE.image`.",
  },
  image_unfit: {
    meaning: "There is no clx in the image of a container, so no worker can run in it.",
    whatToDo:
      "Build one that has it (`clx docker build`), or begin your own with one of those (`FROM clx/command:VERSION`), and set `workers.TYPE.image` to it.",
  },
  unsupported_platform: {
    meaning: "This machine or this Node cannot do what was asked.",
    whatToDo: "The message says what is missing.",
  },
};
