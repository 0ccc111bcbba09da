import { say, stay } from "./lifeline.ts";

process.on("SIGTERM", () => say("sigterm"));
stay();
say("ready");
