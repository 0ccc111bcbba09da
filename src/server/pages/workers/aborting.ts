import { perServer } from "../../per-server.ts";

/** Workers that this server is aborting just now, so that pages can say so until it is verified. */
export const aborting = perServer(() => new Set<string>());
