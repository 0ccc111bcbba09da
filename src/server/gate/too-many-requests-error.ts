import { ClxError } from "../../domain/errors.ts";

export class TooManyRequestsError extends ClxError {
  /** For `Retry-After`. */
  readonly retryAfterMs: number;

  constructor(what: string, retryAfterMs: number) {
    super("too_many_requests", `${what}; try again in ${Math.ceil(retryAfterMs / 1_000)}s`);
    this.retryAfterMs = retryAfterMs;
  }
}
