import { eventsPage } from "../../dashboard/events/events.ts";
import { eventsAddress, parseEventsQuery } from "../../dashboard/events/events-query.ts";
import { defineRoute, type Route } from "../route.ts";
import { gatherEvents } from "./events/gather-events.ts";
import { showLivePage } from "./show-live-page.ts";

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
    return await showLivePage(asked, {
      ...{ title: "Events", place: "events", address: eventsAddress(query) },
      draw: async () => eventsPage(await gatherEvents(asked.server, query)),
    });
  },
});

export const eventsPages: readonly Route[] = [show];
