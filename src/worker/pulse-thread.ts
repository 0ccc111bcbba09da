import { siblingModule } from "./sibling-module.ts";

/** In the folder of `main.ts`, because it is found from there once all of that is one file. */
export const pulseThread = siblingModule("./pulse/thread", import.meta.url);
