import type { Role } from "../domain/role.ts";

/**
 * Who may use a server on this store: keys, and the sign-ins of browsers made with them.
 *
 * It keeps hashes only (SHA-256, hexadecimal, of secrets of 256 random bits): whoever reads the
 * file learns no secret. Nothing here judges time or role; callers do, with their own clock.
 * Each method is one atomic, durable step, as in `task-store.ts`.
 */
export interface AccessStore {
  /** @throws ClxError `key_conflict` when a key in force has that name */
  addKey(params: { readonly key: NewApiKey; readonly now: number }): Promise<ApiKey>;

  /** Those in force and those revoked, oldest first. */
  listKeys(): Promise<readonly ApiKey[]>;

  /** Whether there is a key in force at all: without one, a server trusts its own machine. */
  hasKeys(): Promise<boolean>;

  /** The key in force with that hash. */
  findKey(hash: string): Promise<ApiKey | undefined>;

  /** Its sign-ins end with it. Harmless on one that is revoked. @throws ClxError `key_not_found` */
  revokeKey(params: { readonly id: string; readonly now: number }): Promise<ApiKey>;

  /** Notes that a key was used; callers do so at most once a minute. */
  touchKey(params: { readonly id: string; readonly now: number }): Promise<void>;

  addSignIn(params: { readonly signIn: SignIn }): Promise<void>;

  /** Only together with its key, and only while that is in force. */
  findSignIn(hash: string): Promise<{ readonly signIn: SignIn; readonly key: ApiKey } | undefined>;

  /** Ends one sign-in. Harmless when there is none. */
  removeSignIn(hash: string): Promise<void>;

  /** Forgets sign-ins that ended before. */
  removeOldSignIns(params: { readonly expiredBefore: number }): Promise<number>;
}

export interface NewApiKey {
  readonly id: string;
  /** Unique among those in force: who it is, in the audit trail. */
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  /** Its first letters, to recognise it by. */
  readonly hint: string;
}

export interface ApiKey extends Omit<NewApiKey, "hash"> {
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
}

export interface SignIn {
  readonly hash: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}
