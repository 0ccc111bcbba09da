import { ClxError, type ErrorCode } from "../domain/errors.ts";

export interface ApiErrorParams {
  readonly code: ErrorCode;
  readonly message: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly requestId?: string | undefined;
  /** All that the envelope says besides: `fields`, `limit`, `room`, … */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** What a server refused, by its code; `unreachable` when none answered. */
export class ApiError extends ClxError {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, message, status, requestId, details = {}, cause }: ApiErrorParams) {
    super(code, message, { cause });
    this.status = status;
    this.requestId = requestId;
    this.details = details;
  }
}
