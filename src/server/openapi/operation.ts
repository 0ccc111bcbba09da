import type { z } from "zod";
import type { Answer, Route } from "../route.ts";
import type { JsonSchema, SchemaCollector } from "./schema-collector.ts";

/** `/api/tasks/:id` as `/api/tasks/{id}`. */
export function pathOf(path: string): string {
  return path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
}

/** One route as an operation. */
export function operationOf(route: Route, collector: SchemaCollector): JsonSchema {
  const { name, tag, summary, details, needs, action } = route;
  const role = needs === "public" ? "Anybody may." : `Needs the role ${needs}.`;
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: details === undefined ? role : `${details}\n\n${role}`,
    security: needs === "public" ? [] : [{ bearer: [] }, { header: [] }],
    "x-role": needs,
    ...(action !== undefined && { "x-audit": action }),
    ...parameters(route, collector),
    ...requestBody(route, collector),
    responses: responses(route, collector),
  };
}

function parameters({ params, query }: Route, collector: SchemaCollector) {
  const all = [...fieldsOf(params, "path", collector), ...fieldsOf(query, "query", collector)];
  return all.length === 0 ? {} : { parameters: all };
}

function fieldsOf(
  schema: z.ZodType | undefined,
  place: "path" | "query",
  collector: SchemaCollector,
): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = collector.refer(schema, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description !== undefined && { description }),
    schema: field,
  }));
}

function requestBody({ body, bodyIsOptional, readsBodyItself }: Route, collector: SchemaCollector) {
  if (body === undefined) return {};
  const media = readsBodyItself ? "application/x-ndjson" : "application/json";
  return {
    requestBody: {
      required: bodyIsOptional !== true,
      content: { [media]: { schema: collector.refer(body, "input") } },
    },
  };
}

function responses({ answers }: Route, collector: SchemaCollector): JsonSchema {
  const own = Object.entries(answers).map(([status, answer]) => [
    status,
    responseOf(answer, collector),
  ]);
  return { ...Object.fromEntries(own), "4XX": refusal, "5XX": refusal };
}

const refusal = {
  description: "What was wrong, in the envelope of all errors.",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
};

function responseOf({ description, schema, media }: Answer, collector: SchemaCollector) {
  if (schema === undefined && media === undefined) return { description };
  const content = schema === undefined ? {} : { schema: collector.refer(schema, "output") };
  return { description, content: { [media ?? "application/json"]: content } };
}
