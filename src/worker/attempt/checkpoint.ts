import { mkdir } from "node:fs/promises";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Checkpoint } from "../handler.ts";
import { flawOf } from "./outcome.ts";

export interface CheckpointParams {
  readonly saved: JsonValue | undefined;
  readonly folder: string;
  readonly onFolder: () => void;
  readonly save: (value: JsonValue) => Promise<void>;
}

export function openCheckpoint(params: CheckpointParams): Checkpoint {
  const { saved, folder, onFolder, save } = params;
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
      onFolder();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
  };
}
