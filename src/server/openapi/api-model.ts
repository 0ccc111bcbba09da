import type {
  ApiAnswer,
  ApiField,
  ApiGroup,
  ApiModel,
  ApiOperation,
} from "../../dashboard/api/api-page.ts";
import type { OpenApiDocument } from "./openapi-document.ts";
import type { JsonSchema } from "./schema-collector.ts";

/** How deep the fields of objects are told. */
const deepest = 2;

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { description: string; content?: Content }>>;
  readonly "x-role": string;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

/** The document as the page shows it. */
export function apiModelOf(api: OpenApiDocument): ApiModel {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation: operation as unknown as Operation,
    })),
  );
  const groups = api.tags.map(
    ({ name, description }): ApiGroup => ({
      ...{ name, description },
      operations: operations
        .filter(({ operation }) => operation.tags.includes(name))
        .map(({ path, method, operation }) => operationOf({ api, path, method, operation })),
    }),
  );
  return {
    version: api.info.version,
    description: api.info.description.split("\n\n"),
    groups: groups.filter(({ operations: own }) => own.length > 0),
    shapes: Object.entries(api.components.schemas).map(([name, schema]) => ({
      name,
      description: String(schema.description ?? ""),
      fields: fieldsOf(schema, { api, place: "answer" }),
    })),
  };
}

function operationOf(params: {
  readonly api: OpenApiDocument;
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}): ApiOperation {
  const { api, path, method, operation } = params;
  const { parameters = [], requestBody, responses, description } = operation;
  const told = parameters.map(
    (one): ApiField => ({
      ...{ name: one.name, place: one.in, isRequired: one.required },
      type: typeWords(one.schema),
      description: one.description ?? "",
    }),
  );
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return {
    ...{ name: operation.operationId, method, path, summary: operation.summary },
    role: operation["x-role"],
    details: description.split("\n\n").slice(0, -1),
    takes: [...told, ...(body === undefined ? [] : fieldsOf(body, { api, place: "body" }))],
    answers: Object.entries(responses)
      .filter(([status]) => !status.endsWith("XX"))
      .map(([status, answer]): ApiAnswer => {
        const [media = "", content] = Object.entries(answer.content ?? {})[0] ?? [];
        const schema = content?.schema ?? {};
        const shape = nameOf(schema);
        const fields = shape === undefined ? fieldsOf(schema, { api, place: "answer" }) : [];
        const { description: words } = answer;
        return { status, description: words, media, fields, ...(shape !== undefined && { shape }) };
      }),
  };
}

interface Whose {
  readonly api: OpenApiDocument;
  readonly place: string;
  readonly prefix?: string;
  readonly depth?: number;
}

function fieldsOf(given: JsonSchema, whose: Whose): ApiField[] {
  const { api, place, prefix = "", depth = 1 } = whose;
  const { properties = {}, required = [] } = resolve(given, api) as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = prefix + key;
    const own: ApiField = {
      ...{ name, place, type: typeWords(schema) },
      isRequired: place === "body" && required.includes(key),
      description: String(schema.description ?? ""),
    };
    if (depth >= deepest || "$ref" in schema) return [own];
    return [own, ...fieldsOf(schema, { ...whose, prefix: `${name}.`, depth: depth + 1 })];
  });
}

function resolve(schema: JsonSchema, { components }: OpenApiDocument): JsonSchema {
  const name = nameOf(schema);
  return (name === undefined ? undefined : components.schemas[name]) ?? schema;
}

function nameOf({ $ref }: JsonSchema): string | undefined {
  return typeof $ref === "string" ? $ref.split("/").at(-1) : undefined;
}

function typeWords(schema: JsonSchema): string {
  const { type, format, items, anyOf, minimum, maximum } = schema;
  const name = nameOf(schema);
  if (name !== undefined) return name;
  if (Array.isArray(schema.enum)) return schema.enum.join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(anyOf)) return (anyOf as JsonSchema[]).map(typeWords).join(" | ");
  if (type === "array") return `list of ${typeWords((items ?? {}) as JsonSchema)}`;
  if (format === "date-time") return "time";
  if (type === undefined) return "any JSON";
  const range = [minimum, maximum].every((end) => typeof end === "number");
  return range ? `${String(type)}, ${String(minimum)} to ${String(maximum)}` : String(type);
}
