import { z } from "zod";
import { apiPage } from "../../dashboard/api/api-page.ts";
import { apiModelOf } from "../openapi/api-model.ts";
import { openApiDocument } from "../openapi/openapi-document.ts";
import { showPage } from "../pages/show-page.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";

/** They speak of all routes, their own among them, so they are given the table. */
export function documentationRoutes(table: () => readonly Route[]): readonly Route[] {
  const document = defineRoute({
    method: "GET",
    path: "/api/openapi.json",
    name: "openApi",
    tag: "service",
    summary: "This API as an OpenAPI 3.1 document",
    needs: "public",
    answers: {
      200: { description: "The document.", schema: z.looseObject({ openapi: z.string() }) },
    },
    handle: ({ server }) => json(openApiDocument(table(), server.settings.version)),
  });
  const page = defineRoute({
    method: "GET",
    path: "/api/docs",
    name: "apiDocs",
    tag: "pages",
    summary: "This API, to read",
    needs: "public",
    answers: { 200: { description: "The page", media: "text/html" } },
    async handle(asked) {
      const api = openApiDocument(table(), asked.server.settings.version);
      return await showPage(asked, { title: "HTTP API", main: apiPage(apiModelOf(api)) });
    },
  });
  return [document, page];
}
