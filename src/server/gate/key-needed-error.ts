import type { Role } from "../../domain/role.ts";
import { RequestError } from "../request-error.ts";

/** Nobody asked for what somebody must ask for. People get the sign-in page for it. */
export class KeyNeededError extends RequestError {
  constructor(needs: Role) {
    super("unauthorised", {
      message: `this needs a key of the role ${needs}: send it as "Authorization: Bearer KEY", or sign in`,
      headers: { "WWW-Authenticate": 'Bearer realm="clx"' },
    });
  }
}
