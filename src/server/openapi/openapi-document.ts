import type { Route, RouteTag } from "../route.ts";
import { envelope } from "../schemas/envelope.ts";
import { operationOf, pathOf } from "./operation.ts";
import { type JsonSchema, SchemaCollector } from "./schema-collector.ts";

/** What the table of routes says, as OpenAPI 3.1. Pages are for people and not in it. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  };
}

const tags: Record<Exclude<RouteTag, "pages">, string> = {
  tasks: "What shall be done, and how it went",
  queue: "What waits, and holding it back",
  workers: "Who does it; their limits, their ends",
  events: "What has happened, and what happens",
  service: "The server itself",
  access: "Who may use it",
};

const description = `Tasks, workers and events of one store.

Every error is \`{"error": {"code", "message", "statusCode", "requestId", …}}\`: switch on \`code\`, show \`message\`. Each answer has an \`X-Request-Id\`, yours if you send one. Times are ISO 8601 in UTC, sizes are bytes. Numbers that JSON could not keep exactly (whole numbers beyond 2^53) are refused: send them as strings. A trailing slash never matters. GET changes nothing.

Send a key as \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`. As long as no key is in force, callers of the server's own machine need none. Roles: \`viewer\` sees, \`operator\` changes tasks, queue and workers, \`admin\` keys too.`;

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const collector = new SchemaCollector();
  collector.refer(envelope, "output");
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    if (route.tag === "pages") continue;
    const path = pathOf(route.path);
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(route, collector),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "CLX", version, description },
    tags: Object.entries(tags).map(([name, words]) => ({ name, description: words })),
    paths,
    components: {
      schemas: collector.schemas,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        header: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  };
}
