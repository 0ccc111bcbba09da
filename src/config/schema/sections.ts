import type { Key, Keys } from "./key.ts";
import { ownTypeKeys, rootKeys, serverKeys, typeKeys, workersKeys } from "./keys.ts";
import { isBuiltIn } from "./worker-types.ts";

/** Sections by the names they may be given; `worker_management` is `workers`. */
export const sectionNames: Readonly<Record<string, "workers" | "server">> = {
  workers: "workers",
  worker_management: "workers",
  server: "server",
};

export const allTypeKeys: Keys = { ...typeKeys, ...ownTypeKeys };

export const sectionKeys: Readonly<Record<"workers" | "server", Keys>> = {
  workers: workersKeys,
  server: serverKeys,
};

export function keysOfType(type: string): Keys {
  return isBuiltIn(type) ? typeKeys : allTypeKeys;
}

/** Every key outside the tables of worker types, by its full name. */
export const fixedKeys: Keys = {
  ...rootKeys,
  ...withPrefix("server", serverKeys),
  ...withPrefix("workers", workersKeys),
};

/** `workers.notebook.count` → its type and its key; `undefined` if it is no key of a type. */
export function splitTypeKey(id: string): { type: string; name: string } | undefined {
  const [, type, name] = /^workers\.([^.]+)\.([^.]+)$/.exec(id) ?? [];
  return type === undefined || name === undefined ? undefined : { type, name };
}

export function findKey(id: string): Key | undefined {
  if (Object.hasOwn(fixedKeys, id)) return fixedKeys[id];
  const { name = "" } = splitTypeKey(id) ?? {};
  return Object.hasOwn(allTypeKeys, name) ? allTypeKeys[name] : undefined;
}

/** `workers.notebook.count` → `CLX_WORKERS__NOTEBOOK__COUNT` */
export function variableOf(id: string): string {
  return `CLX_${id.replaceAll("-", "_").split(".").join("__").toUpperCase()}`;
}

function withPrefix(section: string, keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [`${section}.${name}`, key]));
}
