import { ClxError } from "../../domain/errors.ts";
import { readSignInCookie } from "./cookie.ts";
import { keyPattern } from "./secret.ts";

export type Credential =
  | { readonly kind: "key"; readonly secret: string }
  | { readonly kind: "cookie"; readonly secret: string }
  | undefined;

/** A key wins over a cookie: it was sent on purpose. */
export function credentialOf(request: Request): Credential {
  refuseKeyInAddress(request.url);
  const key = bearerOf(request) ?? (request.headers.get("X-API-Key")?.trim() || undefined);
  if (key !== undefined) return { kind: "key", secret: key };
  const cookie = readSignInCookie(request);
  return cookie === undefined ? undefined : { kind: "cookie", secret: cookie };
}

function refuseKeyInAddress(address: string): void {
  if (address.search(keyPattern) === -1) return;
  throw new ClxError(
    "unauthorised",
    "a key stands in the address, where logs and histories keep it: send it as " +
      '"Authorization: Bearer …", revoke it, and make a new one',
  );
}

/** Other schemes may be meant for a proxy before us. */
function bearerOf(request: Request): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
}
