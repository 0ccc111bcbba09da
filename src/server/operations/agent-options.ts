import { nearestName } from "../../domain/nearest-name.ts";
import { RequestError } from "../request-error.ts";

/** What an agent is told by `options`, in our words, and where each of them was said. */
export interface ReadOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** `budget.turns` → `sdk.maxTurns`, for whatever was said in other words. */
  readonly saidAs: ReadonlyMap<string, string>;
}

/** Ours. What is in them is the business of the agent's own schema. */
const own = [
  "executor",
  "model",
  "systemPrompt",
  "allowedTools",
  "disallowedTools",
  "permissionMode",
  "mcpServers",
  "budget",
  "continueFromTaskId",
];
const ownOfWorktree = ["baseBranch", "branchName", "keep"];

/** The words of spec 4's clients for the same. */
const synonyms: Readonly<Record<string, string>> = {
  "sdk.maxTurns": "budget.turns",
  "sdk.allowedTools": "allowedTools",
  "sdk.disallowedTools": "disallowedTools",
  "sdk.systemPrompt": "systemPrompt",
  "sdk.permissionMode": "permissionMode",
  "sdk.mcpConfig": "mcpServers",
  "sdk.continueFromTaskId": "continueFromTaskId",
  "worktree.keepAfterCompletion": "worktree.keep",
};

const permissionWords: Readonly<Record<string, string>> = {
  ask: "default",
  allow: "bypassPermissions",
  deny: "plan",
};

const goesOn = "is not taken; name the task whose conversation goes on as continueFromTaskId";
const isOfConfiguration =
  "is not taken from a request; how an agent is started is set in the configuration, [agents.NAME]";
const leavesGitAlone =
  "is not taken; nothing is committed or merged for an agent, its branch is kept as it left it";
const namesNoAgent =
  "is not taken; configure that agent as [agents.NAME], and give NAME as the executor";

/** What spec 4's clients may send and what would have no effect here. */
const refused: Readonly<Record<string, string>> = {
  "sdk.continueSession": goesOn,
  "sdk.resumeSession": goesOn,
  "sdk.outputFormat": "is not taken; the result is always the same JSON, with the text in it",
  "sdk.verbose": "is not taken; the log tells everything",
  "sdk.executable": isOfConfiguration,
  "sdk.executableArgs": isOfConfiguration,
  "sdk.pathToClaudeCodeExecutable": isOfConfiguration,
  "sdk.permissionPromptTool": "is not taken; nobody is there to be asked",
  "sdk.enableHooks": "is not taken; the log tells of each use of a tool",
  "sdk.hookConfig": "is not taken; the log tells of each use of a tool",
  "worktree.autoCommit": leavesGitAlone,
  "worktree.commitMessage": leavesGitAlone,
  "worktree.autoMerge": leavesGitAlone,
  "worktree.mergeStrategy": leavesGitAlone,
  "worktree.targetBranch": leavesGitAlone,
  codex: namesNoAgent,
  gemini: namesNoAgent,
};

/** Of every task: they are read elsewhere. */
const ofEveryTask = ["async", "timeout", "retry"];
const groups = ["sdk", "worktree"];

/**
 * The only place where the words of a request become those of `AgentOptions`.
 *
 * @throws RequestError `invalid_value` that names each option that would have no effect
 */
export function readAgentOptions(given: Readonly<Record<string, unknown>>): ReadOptions {
  const reading = new Reading();
  for (const [name, value] of Object.entries(given)) {
    if (ofEveryTask.includes(name)) continue;
    if (name === "useWorktree") reading.wantsWorktree(name, value);
    else if (own.includes(name)) reading.take(name, value, name);
    else if (groups.includes(name) && isObject(value)) reading.group(name, value);
    else reading.refuse(name, [...own, ...groups, ...ofEveryTask, "useWorktree"]);
  }
  return reading.end();
}

class Reading {
  readonly #options: Record<string, unknown> = {};
  readonly #saidAs = new Map<string, string>();
  readonly #faults: { field: string; message: string }[] = [];
  #worktreeWish: boolean | undefined;

  group(name: string, fields: Readonly<Record<string, unknown>>): void {
    if (name === "worktree") this.#options.worktree ??= {};
    for (const [field, value] of Object.entries(fields)) {
      const path = `${name}.${field}`;
      const meant = synonyms[path];
      if (path === "worktree.enabled") this.wantsWorktree(path, value);
      else if (meant !== undefined) this.take(meant, value, path);
      else if (name === "worktree" && ownOfWorktree.includes(field)) this.take(path, value, path);
      else this.refuse(path, known(name));
    }
  }

  wantsWorktree(path: string, value: unknown): void {
    if (typeof value !== "boolean") this.#fault(path, "must be true or false");
    else if (this.#worktreeWish !== undefined && this.#worktreeWish !== value) {
      this.#fault(path, "contradicts what else is said of the worktree");
    } else this.#worktreeWish = value;
  }

  take(target: string, given: unknown, path: string): void {
    const before = this.#saidAs.get(target);
    if (before !== undefined) {
      this.#fault(path, `says the same as options.${before}; give one of them`);
      return;
    }
    this.#saidAs.set(target, path);
    const value =
      target === "permissionMode" &&
      typeof given === "string" &&
      Object.hasOwn(permissionWords, given)
        ? permissionWords[given]
        : given;
    const [first = "", second] = target.split(".");
    if (second === undefined) this.#put(first, value);
    else this.#put(first, { [second]: value });
  }

  /** What is said in a group of its own and in other words is put together. */
  #put(name: string, value: unknown): void {
    const there = this.#options[name];
    if (!isObject(there) || !isObject(value)) {
      this.#options[name] = value;
      return;
    }
    const twice = Object.keys(value).find((key) => Object.hasOwn(there, key));
    if (twice === undefined) this.#options[name] = { ...there, ...value };
    else
      this.#fault(
        this.#saidAs.get(`${name}.${twice}`) ?? name,
        `says the same as options.${name}.${twice}; give one of them`,
      );
  }

  refuse(path: string, names: readonly string[]): void {
    const reason = Object.hasOwn(refused, path) ? refused[path] : undefined;
    const last = path.split(".").at(-1) ?? path;
    const meant = nearestName(last, names);
    const hint = meant === undefined ? `known are ${names.join(", ")}` : `did you mean ${meant}?`;
    this.#fault(path, reason ?? `is no option of an agent; ${hint}`);
  }

  end(): ReadOptions {
    this.#settleWorktree();
    const [first] = this.#faults;
    if (first !== undefined) {
      const more = this.#faults.length > 1 ? ` (and ${this.#faults.length - 1} more)` : "";
      throw new RequestError("invalid_value", {
        message: `${first.field} ${first.message}${more}`,
        facts: { in: "body", fields: this.#faults },
      });
    }
    return { options: this.#options, saidAs: this.#saidAs };
  }

  #settleWorktree(): void {
    const { worktree } = this.#options;
    if (this.#worktreeWish === true) this.#options.worktree ??= {};
    if (this.#worktreeWish !== false || worktree === undefined) return;
    if (isObject(worktree) && Object.keys(worktree).length === 0) delete this.#options.worktree;
    else
      this.#fault("worktree", "says how the worktree shall be, and elsewhere that none is wanted");
  }

  #fault(path: string, message: string): void {
    this.#faults.push({ field: `options.${path}`, message });
  }
}

function known(group: string): readonly string[] {
  const ofGroup = Object.keys(synonyms)
    .filter((path) => path.startsWith(`${group}.`))
    .map((path) => path.slice(group.length + 1));
  return group === "worktree" ? [...ownOfWorktree, "enabled", ...ofGroup] : ofGroup;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
