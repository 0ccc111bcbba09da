/** Where supervisors serve workers that do not open the database: beside it, for nobody but us. */
export function workerApiFolder(databasePath: string): string {
  return `${databasePath}-workers`;
}
