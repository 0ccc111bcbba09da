import { eventsPage } from "../../dashboard/events/events.ts";
import { eventsAddress, parseEventsQuery } from "../../dashboard/events/events-query.ts";
import type { Html } from "../../dashboard/html.ts";
import { perServer } from "../per-server.ts";
import { defineRoute, type Route } from "../route.ts";
import { gatherEvents } from "./events/gather-events.ts";
import { SharedLook } from "./shared-look.ts";
import { isAskedByScript, showPage } from "./show-page.ts";

/** It says nothing of who looks. */
const drawnTogether = perServer(() => new SharedLook<Html>());

const show = defineRoute({
  method: "GET",
  path: "/events",
  name: "showEvents",
  tag: "pages",
  summary: "What has happened, and who did it",
  needs: "viewer",
  answers: { 200: { description: "The page", media: "text/html" } },
  async handle(asked) {
    const query = parseEventsQuery(new URL(asked.http.req.url).searchParams);
    const draw = async () => eventsPage(await gatherEvents(asked.server, query));
    const main = isAskedByScript(asked)
      ? await drawnTogether(asked.server).get(eventsAddress(query), draw)
      : await draw();
    return await showPage(asked, { title: "Events", place: "events", main });
  },
});

export const eventsPages: readonly Route[] = [show];
