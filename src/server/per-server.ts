import type { ServerContext } from "./server-context.ts";

/** Something that a server has one of, made when it is first asked for, and forgotten with it. */
export function perServer<T>(make: (server: ServerContext) => T): (server: ServerContext) => T {
  const made = new WeakMap<ServerContext, { readonly value: T }>();
  return (server) => {
    const known = made.get(server);
    if (known !== undefined) return known.value;
    const value = make(server);
    made.set(server, { value });
    return value;
  };
}
