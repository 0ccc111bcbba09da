import { z } from "zod";
import { looksLikeSeconds, plausibleTimes } from "../../domain/plausible-time.ts";

/** Kinds of fields that several schemas have. Each says in words what it may be. */

/** Whole sentences of people and names of things: no control characters, no half surrogates. */
export function text(max: number, { min = 1 }: { readonly min?: number } = {}) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine(isPlain, "must hold no control characters and no broken Unicode");
}

function isPlain(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  return value.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(value);
}

/** A worker type or a queue. */
export const name = text(100).regex(/^\S+$/u, "must hold no spaces");

export const taskId = text(100).meta({
  description: "The id of a task.",
  example: "01k9x4m2r7c3v8nq5d0z",
});

const timeRule = {
  error: ({ input }: { readonly input?: unknown }) =>
    `must be a time such as "2026-03-01T08:00:00Z", or milliseconds since 1970${secondsWords(input)}`,
};

function secondsWords(input: unknown): string {
  if (typeof input !== "number" || !looksLikeSeconds(input)) return "";
  return `; ${input} looks like seconds: in milliseconds it is ${input * 1_000}`;
}

/** A point in time, which becomes milliseconds. */
export const instant = z
  .union(
    [
      z.iso.datetime({ offset: true, ...timeRule }),
      z.int(timeRule).min(plausibleTimes.first, timeRule).max(plausibleTimes.last, timeRule),
    ],
    timeRule,
  )
  .transform((value) => (typeof value === "number" ? value : Date.parse(value)));

/** When something shall be done. Dates that were made of seconds lie in 1970. */
export const instantToCome = instant.refine(
  (at) => at >= plausibleTimes.first,
  "must not be before 2001; a Date of JavaScript is made of milliseconds, not of seconds",
);

/** As {@link instant}, in a query. */
export const instantText = z
  .string()
  .transform((value) => (/^\d+$/.test(value) ? Number(value) : value))
  .pipe(instant)
  .meta({ type: "string", format: "date-time" });

/** A whole number in a query. */
export function wholeText({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  return z
    .string()
    .refine(
      (value) => /^\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number)
    .meta({ type: "integer", minimum: min, maximum: max });
}

/** `true` or `false` in a query; nothing else means either. */
export const flagText = z
  .enum(["true", "false"])
  .transform((value) => value === "true")
  .meta({ type: "string", enum: ["true", "false"] });

/** Some of the known words in a query: repeated, or parted by commas. */
export function wordsText<Word extends string>(words: readonly Word[]) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((one) => one.split(",")))
    .refine((given) => given.every((one) => (words as readonly string[]).includes(one)), {
      error: `must be one or more of ${words.join(", ")}, parted by commas`,
    })
    .transform((given) => given as Word[])
    .meta({ type: "string", description: `One or more of ${words.join(", ")}, parted by commas.` });
}

/** Milliseconds that a timer can still count. */
export const durationMs = z.int().min(1).max(31_536_000_000);
