import { dirname, join } from "node:path";

export interface WorkFolders {
  readonly logFolder: string;
  readonly checkpointFolder: string;
}

/** Where workers leave their logs and tasks their checkpoints: beside the database. */
export function workFolders(databasePath: string, logFolder?: string): WorkFolders {
  const folder = dirname(databasePath);
  return {
    logFolder: logFolder ?? join(folder, "logs"),
    checkpointFolder: join(folder, "checkpoints"),
  };
}
