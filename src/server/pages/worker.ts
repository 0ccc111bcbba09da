import { z } from "zod";
import { workerPage } from "../../dashboard/worker/worker.ts";
import { defineRoute, type Route } from "../route.ts";
import { showPage } from "./show-page.ts";
import { gatherWorker } from "./worker/gather-worker.ts";

export const workerPageRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/workers/:id",
    name: "showWorker",
    tag: "pages",
    summary: "Why did it die, what holds it?",
    needs: "viewer",
    params: z.object({ id: z.string().max(200) }),
    answers: { 200: { description: "The page", media: "text/html" } },
    async handle(asked) {
      const model = await gatherWorker(asked, asked.params.id);
      const title = `${model.name} (${model.worker.state})`;
      return await showPage(asked, { title, place: "workers", main: workerPage(model) });
    },
  }),
];
