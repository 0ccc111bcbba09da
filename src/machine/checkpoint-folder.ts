import { rm } from "node:fs/promises";
import { join } from "node:path";

/** An id comes from whoever submits; as a name it must not lead out of the folder. */
export function checkpointFolderOf(checkpointFolder: string, taskId: string): string {
  return join(checkpointFolder, encodeURIComponent(taskId).replaceAll(".", "%2E"));
}

/** Removes what a task that will never run again has left there, if anything. */
export async function removeCheckpoint(checkpointFolder: string, taskId: string): Promise<void> {
  await rm(checkpointFolderOf(checkpointFolder, taskId), { recursive: true, force: true });
}
