import { wayPastOfServer } from "../../domain/way-past-admission.ts";

/** A refusal of admission as a sentence, in the words of the button that goes past it. */
export function refusalWords(message: string): string {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return sentence.replace(wayPastOfServer, "start it anyway");
}
