import { nearestName } from "../../domain/nearest-name.ts";

export interface UnknownName {
  /** "key workers.auto_strat", "variable CLX_WORKERS__AUTO_STRAT" */
  readonly what: string;
  readonly name: string;
  /** What it may be where it stands. */
  readonly here: readonly string[];
  /** Keys by their last part, and where they belong. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** Says that there is no such name, and which was probably meant. */
export function explainUnknown({ what, name, here, elsewhere }: UnknownName): string {
  const place = elsewhere?.get(name);
  if (place !== undefined) return `unknown ${what}; ${name} belongs in ${place}`;
  const meant = nearestName(name, here);
  if (meant !== undefined) return `unknown ${what}; did you mean ${meant}?`;
  return `unknown ${what}; known are ${here.join(", ")}`;
}
