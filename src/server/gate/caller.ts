import type { Role } from "../../domain/role.ts";

/** Who is asking. */
export interface Caller {
  /**
   * `local`: no key is in force, so whoever reaches this machine's loopback is trusted.
   * `key`: a key came with the request. `signIn`: a browser that signed in with one.
   * `nobody`: neither; only public routes.
   */
  readonly kind: "local" | "key" | "signIn" | "nobody";
  /** For the audit trail: the key's name, "local", "nobody". */
  readonly name: string;
  /** Absent for nobody. */
  readonly role?: Role;
  readonly keyId?: string;
  /** What a page must send back with whatever changes something; browsers only. */
  readonly csrfToken?: string;
}
