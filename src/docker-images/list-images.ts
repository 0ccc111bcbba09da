import type Docker from "dockerode";
import { imageLabels } from "../domain/container.ts";

/** An image of workers on this machine. */
export interface LocalImage {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly version: string | undefined;
  /** Bytes. */
  readonly size: number;
  readonly createdAt: number;
}

/** Those that `docker/Dockerfile` or one like it has made, by their names. */
export async function listImages(docker: Docker): Promise<readonly LocalImage[]> {
  const found = await docker.listImages({ filters: { label: [imageLabels.type] } });
  return found
    .flatMap(({ RepoTags, Id, Labels, Size, Created }) =>
      (RepoTags ?? []).map((name) => ({
        ...{ name, id: Id, size: Size, createdAt: Created * 1_000 },
        type: Labels[imageLabels.type] ?? "",
        version: Labels[imageLabels.version],
      })),
    )
    .filter(({ name }) => name !== "<none>:<none>")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
