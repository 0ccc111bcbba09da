import type { Html } from "../../../dashboard/html.ts";
import { addRefused, type RefusedAdd } from "../../../dashboard/workers/questions.ts";
import type { PanelLinks } from "../../../dashboard/workers/workers-model.ts";
import { AdmissionRefusedError } from "../../../supervisor/admission.ts";
import type { Asked } from "../../route.ts";
import { viewerOf } from "../show-page.ts";

export type Added = { readonly name: string; readonly type: string } | { readonly question: Html };

/** Adds one, or asks whether that is wanted although admission refuses. */
export async function addWorker(
  { server, caller }: Pick<Asked, "server" | "caller">,
  wish: { readonly type?: string; readonly force: boolean; readonly links: PanelLinks },
): Promise<Added> {
  const { type, force, links } = wish;
  try {
    const { name, type: added } = await server.workforce.add({ ...(type && { type }), force });
    return { name, type: added };
  } catch (error) {
    if (!(error instanceof AdmissionRefusedError) || error.limit === "ceiling") throw error;
    const refused: RefusedAdd = {
      type: type ?? server.workforce.types[0] ?? "",
      limit: error.limit,
      message: error.message,
      room: error.room,
    };
    return { question: addRefused(refused, { viewer: viewerOf(caller), links }) };
  }
}
