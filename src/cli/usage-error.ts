import { ClxError } from "../domain/errors.ts";

/** The command line itself is wrong. */
export class UsageError extends ClxError {
  constructor(message: string) {
    super("usage", message);
  }
}
