import type { Format } from "./format.ts";
import { invalid } from "./invalid.ts";
import { freeTable } from "./place-formats.ts";

/** A text is a list in JSON. */
export const texts: Format<readonly string[]> = {
  name: "list of texts",
  fromToml(value, { what }) {
    const isList = Array.isArray(value) && value.every((one) => typeof one === "string");
    if (isList) return value as readonly string[];
    throw invalid(what, value, 'must be a list of texts, such as ["one", "two"]');
  },
  fromText(written, site) {
    try {
      return texts.fromToml(JSON.parse(written), site);
    } catch {
      throw invalid(site.what, written, 'must be a list of texts, such as ["one", "two"]');
    }
  },
  toToml: (list) => `[${list.map((one) => JSON.stringify(one)).join(", ")}]`,
  toJson: (list) => list,
  schema: { type: "array", items: { type: "string" } },
};

type Texts = Readonly<Record<string, string>>;

/** Variables and their values. */
export const textTable: Format<Texts> = {
  name: "table of texts",
  fromToml: (value, site) => textsIn(freeTable.fromToml(value, site), site.what),
  fromText: (written, site) => textsIn(freeTable.fromText(written, site), site.what),
  toToml: (table) => freeTable.toToml(table),
  toJson: (table) => table,
  schema: { type: "object", additionalProperties: { type: "string" } },
};

function textsIn(table: object, what: string): Texts {
  const bad = Object.entries(table).find(
    ([name, value]) => !/^[^=\0]+$/.test(name) || typeof value !== "string" || value.includes("\0"),
  );
  if (bad === undefined) return table as Texts;
  throw invalid(`${what}.${bad[0]}`, bad[1], 'must be a text in quotes, such as "1"');
}

export interface Prices {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
}

const priceNames: readonly string[] = ["input", "output", "cached"];

export const prices: Format<Prices> = {
  name: "table of prices",
  fromToml: (value, site) => pricesIn(freeTable.fromToml(value, site), site.what),
  fromText: (written, site) => pricesIn(freeTable.fromText(written, site), site.what),
  toToml: (table) => freeTable.toToml({ ...table }),
  toJson: (table) => ({ ...table }),
  schema: {
    type: "object",
    properties: { input: price(), output: price(), cached: price() },
    required: ["input", "output"],
    additionalProperties: false,
  },
};

function price() {
  return { type: "number", minimum: 0 };
}

function pricesIn(table: object, what: string): Prices {
  const isWhole = "input" in table && "output" in table;
  const isSound = Object.entries(table).every(
    ([name, value]) => priceNames.includes(name) && typeof value === "number" && value >= 0,
  );
  if (isWhole && isSound) return table as Prices;
  throw invalid(
    what,
    table,
    "must be dollars for a million tokens: { input = 3, output = 15, cached = 0.3 }, the last if it differs from input",
  );
}
