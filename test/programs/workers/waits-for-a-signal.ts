import { readLifeline, say, stay } from "./lifeline.ts";

const launch = await readLifeline(() => {
  say("parent_gone");
  if (launch.leaveWithParent) process.exit(0);
});
process.on("SIGTERM", () => {
  say("sigterm");
  process.exit(0);
});
stay();
say("ready", { launch, env: process.env, execArgv: process.execArgv });
