type Schema = { readonly [key: string]: unknown };

/**
 * What of a value does not fit a JSON schema, as far as our OpenAPI document uses the language.
 *
 * Stricter than the language: a key that is not in `properties` is a fault unless
 * `additionalProperties` is there to allow it, because our answers shall have what the document
 * says and nothing else.
 */
export function faultsOf(
  schema: Schema,
  value: unknown,
  { document, at = "$" }: { readonly document: unknown; readonly at?: string },
): string[] {
  const inner = (one: unknown, part: unknown, place: string) =>
    faultsOf(one as Schema, part, { document, at: place });
  if (typeof schema.$ref === "string") return inner(find(document, schema.$ref), value, at);
  const options = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (options) {
    const tries = options.map((one) => inner(one, value, at));
    return tries.some((faults) => faults.length === 0) ? [] : tries.flat();
  }
  const every = ((schema.allOf ?? []) as Schema[]).flatMap((one) => inner(one, value, at));
  if (every.length > 0) return every;
  if ("const" in schema && value !== schema.const) return [`${at} is not ${String(schema.const)}`];
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
    return [`${at} is ${JSON.stringify(value)}, none of ${schema.enum.join(", ")}`];
  }
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    return [`${at} is ${JSON.stringify(value)}, no ${String(schema.type)}`];
  }
  if (typeof value === "string") return textFaults(schema, value, at);
  if (typeof value === "number") return numberFaults(schema, value, at);
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => inner(schema.items ?? {}, one, `${at}[${index}]`));
  }
  if (typeof value !== "object" || value === null || schema.properties === undefined) return [];
  const properties = schema.properties as Record<string, Schema>;
  const missing = ((schema.required ?? []) as string[]).filter((key) => !Object.hasOwn(value, key));
  return [
    ...missing.map((key) => `${at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, field]) => {
      const own = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
      return own === undefined || own === false
        ? [`${at}.${key} is not in the document`]
        : inner(own, field, `${at}.${key}`);
    }),
  ];
}

function find(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce((place, key) => (place as Record<string, unknown>)[key], document);
}

function isOfType(type: unknown, value: unknown): boolean {
  if (Array.isArray(type)) return type.some((one) => isOfType(one, value));
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }
  return typeof value === type;
}

function textFaults(schema: Schema, value: string, at: string): string[] {
  const { format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const faults: string[] = [];
  if (format === "date-time" && new Date(value).toISOString() !== value) faults.push("no time");
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) faults.push(pattern);
  if (value.length < Number(minLength) || value.length > Number(maxLength)) faults.push("length");
  return faults.map((fault) => `${at} is ${JSON.stringify(value)}: ${fault}`);
}

function numberFaults(schema: Schema, value: number, at: string): string[] {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  const isWithin = value >= Number(minimum) && value <= Number(maximum);
  return isWithin ? [] : [`${at} is ${value}, not within ${String(minimum)}…${String(maximum)}`];
}
