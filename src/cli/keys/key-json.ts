import type { ApiKey } from "../../store/access-store.ts";

export function keyJson({ id, name, role, hint, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return {
    ...{ id, name, role, hint },
    created_at: iso(createdAt),
    last_used_at: iso(lastUsedAt),
    revoked_at: iso(revokedAt),
  };
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
