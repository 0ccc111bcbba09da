import type { FailureKind } from "../../domain/failure.ts";

/** What to do about each kind of failure. */
export const failureHints: Readonly<Record<FailureKind, string>> = {
  user_error:
    "The input is at fault. Mend it and submit the task again; a retry alone will not help.",
  invalid_payload: "The payload does not fit its type. Submit it again with a payload that does.",
  exit_code: "The program said that it failed. Its last lines below usually tell why.",
  not_started:
    "The program could not be started. Check its name, its path and that it may be executed.",
  timed_out: "It ran out of time. Give it a longer time-out, or find out what it waited for.",
  handler_error: "The handler threw an error that it does not explain. See the details below.",
  signal: "Something outside ended the program. Look for whoever sent the signal, or retry.",
  out_of_memory: "It needed more memory than it may have. Raise its limit, or run fewer at once.",
  worker_died: "Its worker ended while it had the task. The worker's page has its last lines.",
  lease_lost:
    "Its worker was silent for too long and was ended. It may have been blocked, or the machine overloaded.",
  aborted: "Somebody aborted its worker. Retry it when that was not meant for this task.",
  unavailable:
    "A service that it needs is overloaded, limits its callers, or cannot be reached. Retry it later.",
  over_budget:
    "It used up what it was allowed. What there is by then is its result; raise the budget to go on.",
  dependency_failed: "A task that it waits for did not complete. Retry that one first.",
};
