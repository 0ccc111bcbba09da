import { join } from "node:path";
import type { DiagramFile, Topic } from "../course.ts";
import { relativeTo } from "../relative-to.ts";
import { diagramInputs } from "./diagram-inputs.ts";
import type { DrawStep, WorkingFile } from "./plan.ts";
import type { PlanParams } from "./plan-params.ts";

/** Of one topic. */
export interface Pictures {
  readonly steps: readonly DrawStep[];
  /** Those that are in the sources, and not drawn. */
  readonly images: readonly WorkingFile[];
  /** All pictures of a topic, drawn or not, by where they stand in it. */
  readonly files: readonly (WorkingFile & { readonly after?: string })[];
}

export async function planPictures(topic: Topic, params: PlanParams): Promise<Pictures> {
  const steps = await Promise.all(
    topic.diagrams.map((diagram) => planDrawing(diagram, topic, params)),
  );
  const drawn = steps.flatMap(({ id, pictures }) =>
    pictures.map((picture) => ({ ...picture, after: id })),
  );
  const names = new Set(drawn.map(({ relative }) => relative));
  const images = topic.images.filter(({ relative }) => !names.has(relative));
  return { steps, images, files: [...images, ...drawn] };
}

async function planDrawing(
  diagram: DiagramFile,
  topic: Topic,
  params: PlanParams,
): Promise<DrawStep> {
  const { course, hashes, identity, cacheFolder } = params;
  const id = `draw ${relativeTo(course.root, diagram.path)}`;
  const files = await diagramInputs(diagram, hashes);
  const inputs = { ...files, [diagram.tool]: identity[diagram.tool] };
  const folder = join(cacheFolder, "pictures", topic.id);
  const first = join(folder, diagram.picture);
  const left = params.leftBefore?.(id, inputs);
  const paths = left?.includes(first) ? left : await identity.picturesIn(diagram, first);
  const pictures = paths.map((path) => ({ path, relative: relativeTo(folder, path) }));
  return { kind: "draw", id, diagram, after: [], inputs, pictures };
}
