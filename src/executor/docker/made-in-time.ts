import { letGoOfQuestions } from "./open-questions.ts";

/** On a busy machine, too, a container is made, and started, in a few seconds. */
const makeMs = 60_000;

export interface Making<T> {
  /** What the daemon has not done when it is too late: "started its container". */
  readonly what: string;
  /** Takes back what is there after nobody waits for it any more. */
  readonly undo?: (made: T) => Promise<unknown>;
}

/** Waits for a step of a start, but not for ever: a daemon may hang. */
export async function madeInTime<T>(
  making: Promise<T>,
  { what, undo = async () => {} }: Making<T>,
): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    making.then(undo).catch(() => {}); // it failed at last, or cleanup finds it by its label
    letGoOfQuestions();
    reject(tooLate(what));
  }, makeMs);
  try {
    return await Promise.race([making, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(what: string): Error {
  return new Error(
    `the Docker daemon has not ${what} within ${makeMs / 1000} s; look what it does (docker info, its log), and restart it if it hangs (sudo systemctl restart docker)`,
  );
}
