import { ClxError } from "../../domain/errors.ts";
import { newId } from "../../domain/ids.ts";
import type { Role } from "../../domain/role.ts";
import type { AccessStore, ApiKey } from "../../store/access-store.ts";
import { keyPattern, newApiKeySecret } from "./secret.ts";

export interface MakeKeyParams {
  readonly access: AccessStore;
  readonly name: string;
  readonly role: Role;
  readonly now: number;
}

export interface MadeKey {
  readonly key: ApiKey;
  /** Told once; nobody can look it up later. */
  readonly secret: string;
}

/** @throws ClxError `invalid_value`; `key_conflict` when a key in force has that name */
export async function makeKey({ access, name, role, now }: MakeKeyParams): Promise<MadeKey> {
  checkKeyName(name);
  const { secret, hash, hint } = newApiKeySecret();
  const key = await access.addKey({ key: { id: newId(now), name, role, hash, hint }, now });
  return { key, secret };
}

export interface RevokeKeyParams {
  readonly access: AccessStore;
  readonly nameOrId: string;
  readonly now: number;
}

export interface RevokedKey {
  readonly key: ApiKey;
  /** False when it had been revoked before. */
  readonly changed: boolean;
}

/** @throws ClxError `key_not_found` */
export async function revokeKey({ access, nameOrId, now }: RevokeKeyParams): Promise<RevokedKey> {
  const found = findKey(await access.listKeys(), nameOrId);
  if (found.revokedAt !== undefined) return { key: found, changed: false };
  return { key: await access.revokeKey({ id: found.id, now }), changed: true };
}

/** By its id; else the one in force with that name; else the last one that had it. */
export function findKey(keys: readonly ApiKey[], nameOrId: string): ApiKey {
  const named = keys.filter(({ name }) => name === nameOrId);
  const found =
    keys.find(({ id }) => id === nameOrId) ??
    named.find(({ revokedAt }) => revokedAt === undefined) ??
    named.at(-1);
  if (found) return found;
  throw new ClxError(
    "key_not_found",
    `no key has the name or id ${JSON.stringify(nameOrId)}; "clx keys list" shows those there are`,
  );
}

/** What callers without a key are called in the audit trail. */
const takenNames = ["local", "nobody", "command line"];

const longestName = 60;

/** Names stand in logs, tables and addresses, and nobody may pass for somebody else. */
function checkKeyName(name: string): void {
  const fits = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]*$/u.test(name) && !name.endsWith(" ");
  if (!fits || name.length > longestName || name.search(keyPattern) !== -1) {
    throw new ClxError(
      "invalid_value",
      `the name of a key has 1 to ${longestName} letters, digits, spaces and . _ @ + -, and ` +
        "begins with a letter or digit",
    );
  }
  if (!takenNames.includes(name.toLowerCase())) return;
  throw new ClxError(
    "invalid_value",
    `"${name}" is nobody's key in the audit trail; choose another`,
  );
}
