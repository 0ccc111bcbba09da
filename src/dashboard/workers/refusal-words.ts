/** A refusal of admission as a sentence, in the words of the button that goes past it. */
export function refusalWords(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(
    /use force(?= to |$)/,
    "start it anyway",
  );
}
