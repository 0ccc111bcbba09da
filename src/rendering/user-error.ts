import { TaskError, type TaskErrorFacts } from "../worker/handler.ts";

/** A mistake in what was asked for: final, and told as it is. */
export function userError(message: string, facts?: TaskErrorFacts): TaskError {
  return new TaskError("user_error", message, facts);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  EACCES: "its permissions do not allow it",
  EPERM: "its permissions do not allow it",
  EROFS: "its disk is read-only",
  EISDIR: "it is a folder",
  EEXIST: "a part of its path is a file, not a folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its symbolic links turn in a circle",
};

/** Why a file cannot be read or written, where trying again would not help. */
export function reasonOf(error: unknown): string | undefined {
  return reasons[(error as NodeJS.ErrnoException).code ?? ""];
}
