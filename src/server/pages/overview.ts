import { overviewPage } from "../../dashboard/overview/overview.ts";
import type { OverviewModel } from "../../dashboard/overview/overview-model.ts";
import { defineRoute, type Route } from "../route.ts";
import type { ServerContext } from "../server-context.ts";
import { showLivePage } from "./show-live-page.ts";

const failuresShown = 5;

export async function gatherOverview({
  store,
  feed,
  clock,
}: ServerContext): Promise<OverviewModel> {
  const [overview, throughput, counts, failed] = await Promise.all([
    feed.overview(),
    feed.throughput(),
    store.countMatching({}),
    store.listTasks({ states: ["failed"], order: "ended", limit: failuresShown }),
  ]);
  return { now: clock.now(), overview, throughput, counts, failed: failed.items };
}

export const overviewRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/",
    name: "showOverview",
    tag: "pages",
    summary: "Is anything wrong?",
    needs: "viewer",
    answers: { 200: { description: "The page", media: "text/html" } },
    async handle(asked) {
      return await showLivePage(asked, {
        ...{ title: "Overview", place: "overview", address: "/" },
        draw: async () => overviewPage(await gatherOverview(asked.server)),
      });
    },
  }),
];
