import {
  type DatabaseIdentity,
  identifyDatabase,
  isInPlace,
} from "../../machine/database-identity.ts";

export type Located =
  | { readonly kind: "in_place"; readonly path: string }
  /** Where the project has its database now, there is that very file. */
  | { readonly kind: "moved"; readonly path: string; readonly from: string }
  /** Deleted, replaced by another, or moved to where nobody told us. */
  | { readonly kind: "gone"; readonly from: string };

/** Where the database is that services were started with. */
export function locateDatabase(recorded: DatabaseIdentity, projectPath: string): Located {
  if (isInPlace(recorded)) return { kind: "in_place", path: recorded.path };
  const here = identifyDatabase(projectPath);
  if (here !== undefined && here.file !== "" && here.file === recorded.file) {
    return { kind: "moved", path: projectPath, from: recorded.path };
  }
  return { kind: "gone", from: recorded.path };
}
