import { nearestName } from "./nearest-name.ts";

/**
 * How somebody gets workers of a type, as a clause.
 *
 * @param known types that ship and that are configured; absent where nobody knows
 */
export function startHint(type: string, known: readonly string[] = [type]): string {
  if (known.includes(type)) return `"clx supervise --type ${type}" starts some`;
  const meant = nearestName(type, known);
  if (meant !== undefined) return `did you mean ${meant}? ${ownTypeHint(type)}`;
  return `this type is not known here. ${ownTypeHint(type)}`;
}

/** What a type that neither ships nor is configured needs. */
export function ownTypeHint(type: string): string {
  return `A type of your own needs its module: "clx supervise --type ${type} --handler FILE", or a table [workers.${type}] in the configuration`;
}
