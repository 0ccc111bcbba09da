import type { JsonValue } from "../../domain/json.ts";
import { withAbsolutePaths } from "../../library/payload-paths.ts";
import { readJson } from "../input/read-input.ts";
import {
  checkPayloads,
  type PayloadOfType,
  type PayloadParams,
  payloadsOf,
} from "../tasks/payload.ts";
import { UsageError } from "../usage-error.ts";

export type ExecTask = PayloadOfType;

export interface ExecParams {
  readonly words: readonly string[];
  readonly rest: readonly string[] | undefined;
  readonly values: PayloadParams["values"];
  readonly cwd: string;
}

/** What `clx exec` was given to do: a program, a payload, or many with --bulk. */
export async function tasksOf({ words, rest, values, cwd }: ExecParams): Promise<ExecTask[]> {
  const [first, second] = words;
  if (rest !== undefined) {
    if (second !== undefined) throw new UsageError(`"${second}" must stand behind the "--"`);
    const [payload] = await payloadsOf({
      command: "exec",
      type: first ?? "command",
      json: undefined,
      rest,
      values,
      cwd,
    });
    return payload === undefined ? [] : [{ type: first ?? "command", payload }];
  }
  if (first === undefined) throw new UsageError("nothing to do; write: clx exec -- PROG ARG…");
  if (values.bulk && second === undefined) {
    const tasks = mixedTasks(await readJson(first, cwd)).map(({ type, payload }) => ({
      type,
      payload: withAbsolutePaths({ type, payload }, cwd),
    }));
    await checkPayloads(tasks);
    return tasks;
  }
  const payloads = await payloadsOf({
    command: "exec",
    type: first,
    json: second,
    rest,
    values,
    cwd,
  });
  return payloads.map((payload) => ({ type: first, payload }));
}

/** Tasks of several types: `[{"type": "command", "payload": {…}}, …]` */
function mixedTasks(given: JsonValue): ExecTask[] {
  if (!Array.isArray(given)) throw notMixed();
  return (given as readonly JsonValue[]).map((one) => {
    if (typeof one !== "object" || one === null || !("type" in one && "payload" in one)) {
      throw notMixed();
    }
    const { type, payload } = one;
    if (typeof type !== "string" || payload === undefined) throw notMixed();
    return { type, payload };
  });
}

function notMixed(): UsageError {
  return new UsageError(
    '--bulk without a TYPE needs a JSON array such as [{"type": "command", "payload": {"argv": ["true"]}}]',
  );
}
