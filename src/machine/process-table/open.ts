import { ClxError } from "../../domain/errors.ts";
import type { ProcessTable } from "../process-table.ts";
import { darwinTable } from "./darwin.ts";
import { linuxTable } from "./linux.ts";

export function processTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === "linux") return linuxTable;
  if (platform === "darwin") return darwinTable;
  throw new ClxError(
    "unsupported_platform",
    `processes cannot be followed on ${platform}; run CLX on Linux or macOS, or in WSL`,
  );
}
