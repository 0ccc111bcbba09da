import { z } from "zod";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";

const health = defineRoute({
  method: "GET",
  path: "/health",
  name: "health",
  tag: "service",
  summary: "How the server and its queue are",
  needs: "public",
  answers: {
    200: {
      description: "It answers.",
      schema: z.object({ status: z.string(), timestamp: z.string() }),
    },
  },
  handle({ server }) {
    return json({ status: "healthy", timestamp: new Date(server.clock.now()).toISOString() });
  },
});

export const serviceRoutes: readonly Route[] = [health];
