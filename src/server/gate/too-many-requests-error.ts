import { ClxError } from "../../domain/errors.ts";

export class TooManyRequestsError extends ClxError {
  /** For `Retry-After`. */
  readonly retryAfterSeconds: number;

  constructor(what: string, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super("too_many_requests", `${what}; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
