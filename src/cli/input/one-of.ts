import { nearestName } from "../../domain/nearest-name.ts";
import { UsageError } from "../usage-error.ts";

export function parseOneOf<const Word extends string>(
  text: string,
  what: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const meant = nearestName(text, words);
  const hint = meant ? `did you mean ${meant}?` : `known are ${words.join(", ")}`;
  throw new UsageError(`${what} is "${text}"; ${hint}`);
}

/** Words separated by commas, or the option given several times. */
export function parseSeveralOf<const Word extends string>(
  texts: readonly string[] | undefined,
  what: string,
  words: readonly Word[],
): readonly Word[] | undefined {
  return texts?.flatMap((text) => text.split(",")).map((word) => parseOneOf(word, what, words));
}
