import { ClxError, type ErrorCode } from "../domain/errors.ts";

export interface RequestErrorParams {
  readonly message: string;
  /** Headers that the answer has because of it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the envelope says besides code and message. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An error that has more to say over HTTP than words. */
export class RequestError extends ClxError {
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, { message, headers = {}, facts = {} }: RequestErrorParams) {
    super(code, message);
    this.headers = headers;
    this.facts = facts;
  }
}
