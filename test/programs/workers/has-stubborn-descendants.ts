import { spawn } from "node:child_process";
import { say, stay } from "./lifeline.ts";

// Three generations, each deaf to SIGTERM: one stays in the session, one leaves it, one is
// orphaned in a session of its own, and one has lost its environment as well as its session.
const script = `
  trap '' TERM
  sh -c 'sh -c "sleep 600 & wait" & wait' &
  setsid sh -c 'sleep 600 & wait' &
  (setsid sleep 600 &)
  env -i setsid sleep 600 &
  echo started
  wait`;
const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
child.stdout.once("data", () => say("ready"));
stay();
