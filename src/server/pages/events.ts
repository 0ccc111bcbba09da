import { eventsPage } from "../../dashboard/events/events.ts";
import { parseEventsQuery } from "../../dashboard/events/events-query.ts";
import { defineRoute, type Route } from "../route.ts";
import { gatherEvents } from "./events/gather-events.ts";
import { showPage } from "./show-page.ts";

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
    const main = eventsPage(await gatherEvents(asked.server, query));
    return await showPage(asked, { title: "Events", place: "events", main });
  },
});

export const eventsPages: readonly Route[] = [show];
