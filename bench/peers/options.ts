import { parseArgs } from "node:util";
import type { DurabilityClass } from "../options.ts";
import type { PeerOptions } from "./scenario.ts";

export interface RunOptions extends PeerOptions {
  readonly runs: number;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly classes: readonly DurabilityClass[];
  /** Where table and raw values go; a part of the whole writes no table of the repository. */
  readonly isWhole: boolean;
}

export const usage = `Usage: npm run peers -- [options]

  --runs <n>        measured runs of each row, after a warm-up (default 5)
  --only <ids>      scenarios, as P10,L1
  --peer <ids>      peers, as clx,bullmq
  --class <D2|D1>   one durability class alone
  --quick           small sizes, one run: to see that it works
  --run-seconds <s> how long a measured run should about take (default 1.2)
  --patience <s>    how long a recovery is waited for (default 75)
  --backlog <n>     tasks of the deep backlog (default 1000000)
  --idle-seconds <s> how long rest is measured (default 6)`;

export function readRunOptions(args: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      peer: { type: "string", default: "" },
      class: { type: "string", default: "" },
      runs: { type: "string" },
      "run-seconds": { type: "string" },
      patience: { type: "string" },
      backlog: { type: "string" },
      "idle-seconds": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const { quick } = values;
  const only = values.only.split(",").filter(Boolean);
  const peers = values.peer.split(",").filter(Boolean);
  const classes = values.class.split(",").filter(Boolean).map(readClass);
  return {
    quick,
    only,
    peers,
    classes,
    isWhole: !quick && only.length + peers.length + classes.length === 0,
    runs: Number(values.runs ?? (quick ? 1 : 5)),
    runSeconds: Number(values["run-seconds"] ?? (quick ? 0.5 : 1.2)),
    patienceSeconds: Number(values.patience ?? (quick ? 15 : 75)),
    backlog: Number(values.backlog ?? (quick ? 20_000 : 1_000_000)),
    idleSeconds: Number(values["idle-seconds"] ?? (quick ? 2 : 6)),
  };
}

function readClass(text: string): DurabilityClass {
  if (text === "D1" || text === "D2") return text;
  throw new Error(`--class must be D1 or D2, not ${text}`);
}
