import { spawn } from "node:child_process";
import { once } from "node:events";

/** Ends an agent whose worker is gone. */
export interface Keeper {
  /** The agent has ended; nothing is to be kept any more. */
  dismiss(): Promise<void>;
}

/**
 * Waits for a word or for the end of its input, which comes when the worker is dead, however it
 * died. Then it ends the agent's process group and whatever carries the mark of its task.
 */
const script = `
read -r word
[ "$word" = dismissed ] && exit 0
kill -TERM -- "-$1" 2>/dev/null
sleep 1
kill -KILL -- "-$1" 2>/dev/null
for round in 1 2 3; do
  for file in /proc/[0-9]*/environ; do
    if grep -qzxF -e "$2" "$file" 2>/dev/null; then
      pid=\${file#/proc/}
      kill -KILL "\${pid%/environ}" 2>/dev/null
    fi
  done
done
exit 0
`;

export interface KeeperParams {
  readonly group: number;
  readonly mark: string;
}

/**
 * A shell of its own, outside of the worker's and the agent's sessions: it lives on when both
 * are killed. It takes a megabyte; its environment has nothing but the path.
 */
export function keepWatch({ group, mark }: KeeperParams): Keeper {
  const keeper = spawn("/bin/sh", ["-c", script, "clx-agent-keeper", String(group), mark], {
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = once(keeper, "exit").then(
    () => {},
    () => {},
  );
  keeper.stdin.on("error", () => {});
  return {
    async dismiss() {
      keeper.stdin.end("dismissed\n");
      await gone;
    },
  };
}
