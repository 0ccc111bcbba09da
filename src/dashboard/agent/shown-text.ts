import { withoutAnsi } from "../task/ansi.ts";
import { redactText } from "../task/redact.ts";

/** A text of others, without secrets and without what is no text. */
export function shownText(text: string): string {
  return redactText(text).split("\n").map(withoutAnsi).join("\n");
}
