import { z } from "zod";

export type JsonSchema = { readonly [key: string]: unknown };

const dropped = ["$schema", "$defs", "id"];

/** Makes JSON schemas of zod's, and collects those that have a name of their own. */
export class SchemaCollector {
  readonly #schemas = new Map<string, JsonSchema>();

  /** Those with a name, in the order of their names. */
  get schemas(): Record<string, JsonSchema> {
    const all = [...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(all);
  }

  /** `input`: what may be sent. `output`: what is answered, to which keys may be added one day. */
  refer(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const whole = z.toJSONSchema(schema, {
      io,
      unrepresentable: "any",
      override: ({ jsonSchema }) => simplify(jsonSchema as Record<string, unknown>, io),
    }) as Record<string, unknown>;
    const named = (whole.$defs ?? {}) as Record<string, JsonSchema>;
    for (const [name, one] of Object.entries(named)) this.#schemas.set(name, tidy(one));
    return tidy(whole);
  }
}

function simplify(schema: Record<string, unknown>, io: "input" | "output"): void {
  if (schema.format === "date-time") delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  // Said by `meta` of what a query spells as text; the text itself is no help.
  if (schema.type !== undefined && "anyOf" in schema) delete schema.anyOf;
  if (io === "output" && schema.additionalProperties === false) delete schema.additionalProperties;
}

function tidy(value: JsonSchema): JsonSchema {
  const entries = Object.entries(value).filter(([key]) => !dropped.includes(key));
  return moved(Object.fromEntries(entries)) as JsonSchema;
}

function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      key === "$ref" && typeof field === "string"
        ? field.replace("#/$defs/", "#/components/schemas/")
        : moved(field),
    ]),
  );
}
