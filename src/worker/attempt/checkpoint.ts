import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Checkpoint } from "../handler.ts";
import { flawOf } from "./outcome.ts";

export interface CheckpointParams {
  readonly saved: JsonValue | undefined;
  readonly folder: string;
  readonly save: (value: JsonValue) => Promise<void>;
}

export function openCheckpoint({ saved, folder, save }: CheckpointParams): Checkpoint {
  let value = saved;
  return {
    get value() {
      return value;
    },
    async save(next) {
      const flaw = flawOf(next, "checkpoint");
      if (flaw !== undefined) throw new ClxError("invalid_value", flaw);
      await save(next);
      value = next;
    },
    async folder() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
  };
}

/** An id comes from whoever submits; as a name it must not lead out of the folder. */
export function checkpointFolderOf(checkpointFolder: string, taskId: string): string {
  return join(checkpointFolder, encodeURIComponent(taskId).replaceAll(".", "%2E"));
}

export async function removeCheckpointFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
