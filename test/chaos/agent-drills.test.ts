import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DrillSite } from "../support/agent/drill-site.ts";
import type { Answer, Asked } from "../support/agent/fake-model.ts";
import { hasSdk } from "../support/agent/sdk-stage.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import type { ServedClx } from "../support/server.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

type Victim = "agent" | "worker" | "managed server" | "inline server";
type Phase = "starting" | "streaming" | "in a tool" | "at the end";

const victims: readonly Victim[] = ["agent", "worker", "managed server", "inline server"];
const phases: readonly Phase[] = ["starting", "streaming", "in a tool", "at the end"];
const drills = victims.flatMap((victim) => phases.map((phase) => [victim, phase] as const));

const modeFor = (victim: Victim) => (victim === "inline server" ? "inline" : "managed");

interface Scene {
  readonly drill: DrillSite;
  readonly served: ServedClx;
  readonly id: string;
}

/** Kills it, and starts another server where there is none any more. */
async function strike(victim: Victim, { drill, served, id }: Scene): Promise<ServedClx> {
  if (victim === "agent") process.kill(await drill.untilAgent(id), "SIGKILL");
  else if (victim === "worker") process.kill(await drill.workerOf(id), "SIGKILL");
  else {
    served.running.kill("SIGKILL");
    await served.running.end;
    return await drill.serve(modeFor(victim));
  }
  return served;
}

/** One result, and nobody left who works on it. A managed server's workers do not even notice. */
async function expectOneResult(victim: Victim, { drill, id }: Scene): Promise<void> {
  const task = await drill.site.untilEnded(id);
  expect(task).toMatchObject({
    state: "completed",
    attempt: victim === "managed server" ? 1 : 2,
    result: { text: "done" },
  });
  await drill.untilNoAgent(id);
  const store = await drill.site.store();
  const events = await store.listEvents({ taskId: id, after: 0, limit: 1_000 });
  expect(events.filter(({ type }) => type === "task_completed")).toHaveLength(1);
}

/** Each stops at its phase until there is a file `go`. */
const programs: Readonly<Record<Phase, string>> = {
  starting: "gate go",
  streaming: "talk-until go",
  "in a tool": "child\ngate go",
  "at the end": "write end.txt x\ngate go",
};

describe("an agent that is a program", () => {
  it.each(drills)("gives one result when the %s is killed: %s", async (victim, phase) => {
    const drill = await DrillSite.open();
    const served = await drill.serve(modeFor(victim));
    const instruction = `${programs[phase]}\nsay done`;
    const id = await drill.submit(instruction, { executor: "scripted" });
    await drill.untilAgent(id);
    if (phase === "streaming") await drill.untilTold(id, "said");
    if (phase === "in a tool") await until(() => drill.agentsOf(id).length > 1);
    if (phase === "at the end") await drill.untilTold(id, "tool_answered");
    const before = drill.agentsOf(id);

    const now = await strike(victim, { drill, served, id });
    if (victim !== "managed server") await drill.untilGone(before);
    writeFileSync(join(drill.folder, "go"), "");

    await expectOneResult(victim, { drill, served, id });
    expect((await now.stop()).code).toBe(0);
  });
});

describe("an agent whose worker and server are killed at once", () => {
  it.each(["inline", "managed"] as const)("is ended by its keeper alone: %s", async (mode) => {
    const drill = await DrillSite.open();
    const served = await drill.serve(mode);
    const id = await drill.submit("ignore-signals\nchild\nwait", { executor: "scripted" });
    await until(() => drill.agentsOf(id).length > 1);
    const before = drill.agentsOf(id);
    const worker = await drill.workerOf(id);

    served.running.kill("SIGKILL");
    if (mode === "managed") process.kill(worker, "SIGKILL");
    await served.running.end;

    await drill.untilGone(before);
    expect(await drill.site.task(id)).toMatchObject({ state: "running" });
  });
});

/** Where the model stops until it is let go on, in its first conversation alone. */
function answers(phase: Phase, { folder, go }: { folder: string; go: Promise<void> }) {
  const conversations = new Map<string, number>();
  return ({ headers }: Asked): Answer => {
    const session = String(headers["x-claude-code-session-id"]);
    const nth = (conversations.get(session) ?? 0) + 1;
    conversations.set(session, nth);
    const command =
      phase === "in a tool" ? `while [ ! -e ${folder}/go ]; do sleep 0.1; done` : "true";
    if (nth === 1 && phase === "starting") return { hold: go, say: "done" };
    if (nth === 1 && phase === "streaming") return { think: "so far", hold: go, say: "done" };
    if (nth === 1) return { use: "Bash", input: { command, description: "work" } };
    return phase === "at the end" ? { hold: go, say: "done" } : { say: "done" };
  };
}

describe.skipIf(!hasSdk)("Claude", () => {
  it.each(drills)("gives one result when the %s is killed: %s", async (victim, phase) => {
    const go = Promise.withResolvers<void>();
    const drill = await DrillSite.open();
    drill.model.follow(answers(phase, { folder: drill.folder, go: go.promise }));
    const served = await drill.serve(modeFor(victim));
    const id = await drill.submit("work", { allowedTools: ["Bash"] });
    await drill.untilAgent(id);
    if (phase === "streaming") await until(() => drill.model.asked.length > 0);
    if (phase === "in a tool") await drill.untilTold(id, "tool_used");
    if (phase === "at the end") await until(() => drill.model.asked.length > 1);
    const before = drill.agentsOf(id);

    const now = await strike(victim, { drill, served, id });
    if (victim !== "managed server") await drill.untilGone(before);
    writeFileSync(join(drill.folder, "go"), "");
    go.resolve();

    await expectOneResult(victim, { drill, served, id });
    expect((await now.stop()).code).toBe(0);
  });
});
