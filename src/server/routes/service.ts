import { mayActAs } from "../../domain/role.ts";
import { healthAnswer, healthOf, readinessOf, readyAnswer, withoutWords } from "../health.ts";
import { expositionMedia } from "../metrics/exposition.ts";
import { readMetrics } from "../metrics.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";

const health = defineRoute({
  method: "GET",
  path: "/health",
  name: "health",
  tag: "service",
  summary: "How the server, its queue and its workers are",
  details:
    "`degraded` means that work goes on, but not all of it or not as wanted; `findings` say why. Without the role viewer they are codes alone.",
  needs: "public",
  answers: {
    200: { description: "It is healthy or degraded.", schema: healthAnswer },
    503: { description: "Its store cannot be reached.", schema: healthAnswer },
  },
  async handle({ server, caller }) {
    const found = await healthOf(server);
    const isTrusted = caller.role !== undefined && mayActAs(caller.role, "viewer");
    const status = found.status === "unhealthy" ? 503 : 200;
    return json(isTrusted ? found : withoutWords(found), { status });
  },
});

const ready = defineRoute({
  method: "GET",
  path: "/ready",
  name: "ready",
  tag: "service",
  summary: "Whether the server takes work",
  needs: "public",
  answers: {
    200: { description: "It does.", schema: readyAnswer },
    503: { description: "It is starting or shutting down.", schema: readyAnswer },
  },
  async handle({ server }) {
    const readiness = await readinessOf(server);
    return readiness.ready
      ? json(readiness)
      : json(readiness, { status: 503, headers: { "Retry-After": "2" } });
  },
});

const metrics = defineRoute({
  method: "GET",
  path: "/metrics",
  name: "metrics",
  tag: "service",
  summary: "Figures for Prometheus",
  needs: "viewer",
  answers: { 200: { description: "Text format 0.0.4", media: "text/plain; version=0.0.4" } },
  async handle({ server }) {
    const text = await readMetrics(server);
    return new Response(text, { headers: { "Content-Type": expositionMedia } });
  },
});

export const serviceRoutes: readonly Route[] = [health, ready, metrics];
