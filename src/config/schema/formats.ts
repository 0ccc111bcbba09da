import { ClxError } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import { parseDuration } from "../duration.ts";
import { parseSize } from "../size.ts";
import type { Format } from "./format.ts";
import { invalid } from "./invalid.ts";

export function choice<const Name extends string>(names: readonly Name[]): Format<Name> {
  const read = (value: unknown, what: string): Name => {
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    const meant = typeof value === "string" ? nearestName(value, names) : undefined;
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    throw invalid(what, value, `must be ${oneOf(names)}${hint}`);
  };
  return {
    name: names.join(", "),
    fromToml: (value, { what }) => read(value, what),
    fromText: (text, { what }) => read(text, what),
    toToml: (value) => JSON.stringify(value),
    toJson: (value) => value,
    schema: { enum: names },
  };
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

export const yesOrNo: Format<boolean> = {
  name: "true or false",
  fromToml(value, { what }) {
    if (typeof value === "boolean") return value;
    throw invalid(what, value, "must be true or false, without quotes");
  },
  fromText(text, { what }) {
    const truth = truths[text.toLowerCase()];
    if (truth !== undefined) return truth;
    throw invalid(what, text, "must be true or false");
  },
  toToml: String,
  toJson: (value) => value,
  schema: { type: "boolean" },
};

export interface Range {
  readonly atLeast: number;
  readonly atMost: number;
}

export function whole({ atLeast, atMost }: Range): Format<number> {
  const check = (number: number, value: unknown, what: string) => {
    if (Number.isSafeInteger(number) && number >= atLeast && number <= atMost) return number;
    throw invalid(what, value, `must be a whole number from ${atLeast} to ${atMost}`);
  };
  return {
    name: `${atLeast} to ${atMost}`,
    fromToml: (value, { what }) =>
      check(typeof value === "number" ? value : Number.NaN, value, what),
    fromText: (text, { what }) =>
      check(/^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN, text, what),
    toToml: String,
    toJson: (value) => value,
    schema: { type: "integer", minimum: atLeast, maximum: atMost },
  };
}

export function decimal({
  above,
  atMost,
}: {
  readonly above: number;
  readonly atMost: number;
}): Format<number> {
  const check = (number: number, value: unknown, what: string) => {
    if (number > above && number <= atMost) return number;
    throw invalid(what, value, `must be a number above ${above}, ${atMost} at most`);
  };
  return {
    name: `above ${above}, to ${atMost}`,
    fromToml: (value, { what }) =>
      check(typeof value === "number" ? value : Number.NaN, value, what),
    fromText: (text, { what }) =>
      check(/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN, text, what),
    toToml: String,
    toJson: (value) => value,
    schema: { type: "number", exclusiveMinimum: above, maximum: atMost },
  };
}

const hourMs = 3_600_000;

/** Milliseconds inside; in a file a number is seconds. `zero`: what 0, and all below it, means. */
export function duration({ zero }: { readonly zero?: string } = {}): Format<number> {
  const check = (ms: number, value: unknown, what: string) => {
    if (Number.isFinite(ms) && ms > 0) return ms;
    if (ms <= 0 && zero !== undefined) return 0;
    throw invalid(what, value, "must be a duration above 0: seconds (90), or 90s, 10m, 48h, 7d");
  };
  const fromText = (text: string, what: string) =>
    check(/^-\d+(\.\d+)?$/.test(text) ? Number(text) : parseDuration(text, what), text, what);
  return {
    name: zero === undefined ? "duration" : `duration (0: ${zero})`,
    fromToml: (value, { what }) =>
      typeof value === "string"
        ? fromText(value, what)
        : check(typeof value === "number" ? value * 1_000 : Number.NaN, value, what),
    fromText: (text, { what }) => fromText(text, what),
    toToml: (ms) => (ms > 0 && ms % hourMs === 0 ? `"${ms / hourMs}h"` : String(ms / 1_000)),
    toJson: (ms) => ms / 1_000,
    schema: {
      anyOf: [
        zero === undefined ? { type: "number", exclusiveMinimum: 0 } : { type: "number" },
        { type: "string", pattern: "^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$|^\\d+(\\.\\d+)?$" },
      ],
    },
  };
}

/** Bytes inside. */
export const size: Format<number> = {
  name: "size",
  fromToml(value, site) {
    if (typeof value === "string") return size.fromText(value, site);
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    throw invalid(site.what, value, 'must be a size: "512m", "8g" or a number of bytes');
  },
  fromText(text, { what }) {
    const bytes = parseSize(text, what);
    if (bytes > 0) return bytes;
    throw invalid(what, text, "must be more than nothing");
  },
  toToml: (bytes) => sizeInToml(bytes),
  toJson: (bytes) => bytes,
  schema: {
    anyOf: [
      { type: "integer", minimum: 1 },
      { type: "string", pattern: "^\\d+(\\.\\d+)?\\s*[kKmMgGtT]?([iI]?[bB])?$" },
    ],
  },
};

function sizeInToml(bytes: number): string {
  for (const [power, unit] of [
    [3, "g"],
    [2, "m"],
    [1, "k"],
  ] as const) {
    if (bytes % 1024 ** power === 0) return `"${bytes / 1024 ** power}${unit}"`;
  }
  return String(bytes);
}

export const text: Format<string> = {
  name: "text",
  fromToml(value, { what }) {
    if (typeof value === "string" && value.trim() !== "" && !value.includes("\0")) return value;
    throw invalid(what, value, "must be a text in quotes, and not empty");
  },
  fromText: (value, site) => text.fromToml(value, site),
  toToml: (value) => JSON.stringify(value),
  toJson: (value) => value,
  schema: { type: "string", minLength: 1 },
};

const segment = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
/** As engines take it: a registry, a name in lower case, a tag, a digest; or the id of an image. */
const imageName = new RegExp(
  `^(?:(?:[\\w.-]+|\\[[0-9a-fA-F:]+\\])(?::\\d+)?/)?${segment}(?:/${segment})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$|^sha256:[0-9a-f]{64}$`,
);

export const image: Format<string> = {
  ...text,
  name: "image",
  fromToml(value, { what }) {
    if (typeof value === "string" && imageName.test(value)) return value;
    throw invalid(what, value, 'must be the name of an image, such as "clx/notebook:1.0"');
  },
  fromText: (value, site) => image.fromToml(value, site),
};

function oneOf(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** Whether it is an error about a value, and no bug. */
export function isAboutValue(error: unknown): error is ClxError {
  return error instanceof ClxError && error.code === "invalid_value";
}
