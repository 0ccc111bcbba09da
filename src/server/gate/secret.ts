import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface NewSecret {
  /** Shown once, kept nowhere. */
  readonly secret: string;
  readonly hash: string;
}

/** What a key looks like, wherever in a text it stands. */
export const keyPattern = /clx_[A-Za-z0-9_-]{43}/g;

export function newApiKeySecret(): NewSecret & { readonly hint: string } {
  const secret = `clx_${newSecret().secret}`;
  return { secret, hash: hashOf(secret), hint: secret.slice(0, 8) };
}

export function newSecret(): NewSecret {
  const secret = randomBytes(32).toString("base64url");
  return { secret, hash: hashOf(secret) };
}

/**
 * Rows are looked up by this: how long a look-up takes tells something about a hash, and nothing
 * about a secret. Without salt or stretching, since nobody guesses 256 bits.
 */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** What the pages of a sign-in must send back: made from its cookie, which it does not reveal. */
export function csrfTokenOf(cookieSecret: string): string {
  return createHash("sha256").update(`csrf:${cookieSecret}`).digest("base64url");
}

export function isSameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(wanted)));
}

export function redactKeys(text: string): string {
  return text.replace(keyPattern, "clx_…");
}
