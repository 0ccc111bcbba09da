import { ClxError } from "../../domain/errors.ts";
import { mayActAs, type Role } from "../../domain/role.ts";
import type { Caller } from "./caller.ts";

/** @throws ClxError `unauthorised` for nobody, `forbidden` for somebody who may not */
export function checkRole({ name, role }: Caller, needs: "public" | Role): void {
  if (needs === "public" || (role !== undefined && mayActAs(role, needs))) return;
  if (role === undefined) {
    throw new ClxError(
      "unauthorised",
      'this needs a key: send it as "Authorization: Bearer …", or sign in at /sign-in',
    );
  }
  throw new ClxError("forbidden", `this needs the role ${needs}; the key "${name}" is a ${role}`);
}
