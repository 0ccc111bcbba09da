import { ClxError, isPassing } from "../../domain/errors.ts";
import { Patience } from "../patience.ts";
import { HttpCaller } from "./http-caller.ts";
import { pathOf, type RegisterAnswer, type RegisterRequest } from "./protocol.ts";

export interface RegisterAtServerParams {
  readonly address: string;
  readonly key: string | undefined;
  readonly request: RegisterRequest;
}

const quietMs = 30_000;
/** An answer that got lost is asked for again; a server that is not there is not waited for long. */
const patienceMs = 3_000;

/** Becomes a worker of a server's store. */
export async function registerAtServer(params: RegisterAtServerParams): Promise<RegisterAnswer> {
  const { address, key, request } = params;
  const caller = await HttpCaller.open({ address, token: key });
  try {
    const path = pathOf("register");
    return await new Patience(patienceMs, isUnreachable).insist(
      () => caller.call({ path, body: request, quietMs }) as Promise<RegisterAnswer>,
    );
  } finally {
    caller.close();
  }
}

function isUnreachable(error: unknown): boolean {
  return isPassing(error) || (error instanceof ClxError && error.code === "unreachable");
}
