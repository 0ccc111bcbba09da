import { parentPort, workerData } from "node:worker_threads";
import { openLink } from "../../link/open-link.ts";
import type { FromPulse, PulseSeed, ToPulse } from "./messages.ts";
import { Pulse } from "./pulse.ts";

/** Where the pulse thread starts. Messages that come before the link is open wait in the port. */
const seed = workerData as PulseSeed;
const link = await openLink(seed.link);
const pulse = new Pulse(seed, link, (message: FromPulse) => parentPort?.postMessage(message));
parentPort?.on("message", (message: ToPulse) => pulse.hear(message));
