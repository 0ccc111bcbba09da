import { openApiDocument } from "../../src/server/openapi/openapi-document.ts";
import type { Route } from "../../src/server/route.ts";

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: { readonly properties?: object } }>;
  };
}

/** The names of the fields that a route knows: fuzz with other names is refused at the door. */
export function fieldNames(route: Route): {
  readonly query: readonly string[];
  readonly body: readonly string[];
} {
  const { paths } = openApiDocument([{ ...route, tag: "service" }], "0");
  const [operation = {}] = Object.values(Object.values(paths)[0] ?? {}) as readonly Operation[];
  const [content] = Object.values(operation.requestBody?.content ?? {});
  return {
    query: (operation.parameters ?? []).flatMap((one) => (one.in === "query" ? one.name : [])),
    body: Object.keys(content?.schema.properties ?? {}),
  };
}
