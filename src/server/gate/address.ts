import type { Context } from "hono";

/** Where a connection comes from; `undefined` when there is none, as in tests. */
export function addressOf(http: Context): string | undefined {
  const { incoming } = (http.env ?? {}) as {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  };
  return incoming?.socket?.remoteAddress;
}

/**
 * Whom an address stands for: of IPv6 the first half, since the second is everybody's own choice.
 * Headers such as `X-Forwarded-For` are never believed: anybody can write them.
 */
export function neighbourhoodOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, "")
    .replace(/%.*$/, "");
  return plain.includes(":") ? firstHalf(plain) : plain;
}

function firstHalf(ipv6: string): string {
  const [head = "", tail] = ipv6.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(missing).fill("0"), ...after];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
