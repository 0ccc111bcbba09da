import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { AgentEntry } from "../../src/agent/agent-task.ts";
import type { Task } from "../../src/domain/task.ts";
import { agentTask, PlayedAgent, story, usageOf } from "../support/agent-story.ts";
import { until } from "../support/until.ts";
import { accessFaults, overflow, type PageOptions, quickestLoad, useStage } from "./page-stage.ts";

const stage = useStage();
const hostile = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

describe("the conversation of an agent's task", () => {
  it("is told as it happens: words, folded thoughts, tools with inputs, folded answers, errors", async () => {
    const { site, open, begin } = await opened();
    const { task, agent } = await begin();
    const page = await open(task);
    await page.getByText("The agent has not begun yet.").waitFor();

    await agent.tell(...story);

    await page.getByText("All 14 tests pass now.").waitFor();
    expect(await page.getByText("The agent has not begun yet.").count()).toBe(0);
    expect(await page.locator("h1").innerText()).toBe("Mend the parser");
    expect(await page.locator(".entries .turn").allInnerTexts()).toEqual([
      ...["Turn 1", "Turn 2", "Turn 3"],
    ]);
    const thought = page.locator(".entry.thought details");
    expect(await thought.getAttribute("open")).toBeNull();
    const bash = page.locator(".entry.tool", { hasText: "Bash" });
    expect(await bash.locator("pre").innerText()).toBe("npm test -- parser\necho done");
    const answer = page.locator(".entry.answer", { hasText: "Answer of Read" });
    expect(await answer.locator("summary").innerText()).toMatch(/41 lines, 1\.1 KiB/);
    expect(await answer.locator("pre").isVisible()).toBe(false);
    const wrong = page.locator(".entry.wrong");
    expect(await wrong.locator("pre").isVisible()).toBe(true);
    expect(await wrong.locator("pre").innerText()).toContain("FAIL src/parser.test.ts");
    expect(await page.locator(".fence").innerText()).toContain("export function splitLines");
    expect((await site.store.findTask(task.id))?.state).toBe("running");
  });

  it("keeps open what was opened, and stays where somebody reads, while more comes", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story, ...chatter(30));
    const page = await open(task);
    const frame = page.locator("#log-frame");
    await frame.evaluate((element) => element.scrollTo(0, 0));
    await until(async () => !(await page.locator("[data-follow]").isChecked()));
    await page.locator(".entry.answer summary").first().click();

    await agent.tell(...chatter(2, 100));

    await page.getByRole("button", { name: "2 new entries" }).waitFor();
    expect(await page.locator(".entry.answer pre").first().isVisible()).toBe(true);
    expect(await frame.evaluate((element) => element.scrollTop)).toBeLessThan(300);
    await page.getByRole("button", { name: "2 new entries" }).click();
    await until(async () => await isAtEnd(page));
  });

  it("shows turns, tokens, cost and time against their budgets, as they grow", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);
    await agent.use(usageOf(2));
    const page = await open(task);
    const used = (name: string) =>
      page.locator("#agent-usage > div", { hasText: name }).locator(".amount");
    await used("Turns").getByText("2 of 20").waitFor();

    await agent.use({ ...usageOf(21), costUsd: 0.5 });

    await used("Turns").getByText("21 of 20 – used up").waitFor();
    expect(await used("Tokens").innerText()).toBe("40,950 of 50,000");
    expect(await used("Tokens").getAttribute("title")).toBe(
      "25,200 in, 7,350 out, 8,400 from the cache",
    );
    expect(await used("Cost").innerText()).toBe("$0.50 of $0.50 – used up");
    const meter = page.getByRole("meter", { name: "Turns used, of the budget" });
    expect(await meter.getAttribute("max")).toBe("20");
    expect(await used("Output").innerText()).toBe("18 KiB");
  });

  it("names agent, model, session, folder and branch", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);

    const page = await open(task);

    const facts = await page.locator("section", { hasText: "Agent" }).last().innerText();
    const side = await page.locator("#task-facts").innerText();
    expect(facts).not.toBe("");
    expect(side).toMatch(/claude-sonnet-4-5[\s\S]*5b0e7e0a-2f65[\s\S]*\/srv\/project/);
    expect(side).toContain("clx/mend-the-parser");
  });

  it("opens 2,000 entries at their end within a second, and fetches what is earlier", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...chatter(2_000));

    const page = await open(task);
    await page.getByText("entry 1999").first().waitFor();
    expect(await quickestLoad(page, 1_000)).toBeLessThan(1_000);
    await until(async () => await isAtEnd(page));
    while (await page.locator("[data-earlier]").isVisible()) {
      const before = await page.locator(".entry").count();
      await page.locator("[data-earlier]").click();
      await until(async () => (await page.locator(".entry").count()) > before);
    }

    expect(await page.locator(".entry").count()).toBe(2_000);
    expect(await page.getByText("entry 0", { exact: true }).count()).toBe(1);
    await agent.tell(...chatter(1, 5_000));
    await page.getByText("entry 5000").waitFor();
  });

  it("joins the pieces of a long text, finds words, and shows the log as it was written", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    const long = Array.from({ length: 900 }, (_, n) => `word${n}`).join(" ");
    await agent.tell({ kind: "said", turn: 1, text: long }, ...chatter(3, 7));
    await agent.print("what its program wrote", "stderr");
    const page = await open(task);

    expect(await page.locator(".entry.said", { hasText: "word0" }).innerText()).toContain(
      "word899",
    );
    expect(await page.locator(".entry.printed").innerText()).toContain("what its program wrote");
    await page.getByLabel("Find in the conversation").fill("entry 8");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText("1 entry has “entry 8” in it.").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await page.getByRole("link", { name: "Raw log" }).click();
    await page.locator(".log-lines").getByText('{"kind":"said"').first().waitFor();
  });

  it("finds words as they are shown: quoted, within a long text, in what tools were given", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    const long = Array.from({ length: 3_000 }, (_, n) => `word${n}`).join(" ");
    await agent.tell(
      { kind: "said", turn: 1, text: long },
      { kind: "said", turn: 1, text: 'it says "ahoy" in **bold** letters' },
      { kind: "tool_used", turn: 1, callId: "a", tool: "Bash", input: { command: 'echo "ahoy"' } },
      { kind: "tool_answered", callId: "a", isError: false, text: "C:\\ships" },
      { kind: "used", usage: { turns: 1, wallMs: 1, outputBytes: 1 } },
    );
    const page = await open(task);
    const found: Record<string, string> = {};
    for (const words of ['"ahoy"', "word1499 word1500", "in bold", "C:\\ships", '"kind"']) {
      await page.getByLabel("Find in the conversation").fill(words);
      await page.getByRole("button", { name: "Find" }).click();
      const note = page.getByText(`“${words}”`);
      await note.waitFor();
      found[words] = await note.innerText();
    }

    expect(Object.values(found).map((note) => note.split(" ")[0])).toEqual([
      "2",
      "1",
      "1",
      "1",
      "0",
    ]);
  });

  it("escapes whatever it is told, and cannot be broken by lines that only look like entries", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin({
      instruction: `${hostile}\nsecond line`,
      context: { files: [hostile] },
    });
    const bidi = `\u202e\u001b[31m${hostile}`;
    await agent.tell(
      { kind: "started", executor: hostile, model: hostile, folder: hostile },
      { kind: "session", sessionId: hostile },
      {
        kind: "said",
        turn: 1,
        text: `\`${hostile}\` **${hostile}**\n\`\`\`${hostile}\n${hostile}`,
      },
      { kind: "thought", turn: 1, text: bidi },
      { kind: "tool_used", turn: 1, callId: "a", tool: hostile, input: { [hostile]: bidi } },
      { kind: "tool_used", turn: 1, callId: "b", tool: "Bash", input: { password: "s3cret" } },
      { kind: "tool_answered", callId: "a", isError: true, text: bidi },
      { kind: "note", text: hostile },
    );
    await agent.print('{"kind":"said","turn":"x"}', "log");
    await agent.print('{"kind":"tool_used","turn":1,"callId":"z","tool":{},"input":1}', "log");
    await agent.print('{"kind":"ended","end":{"kind":"none"},"usage":{}}', "log");

    const page = await open(task);
    await page.getByText('{"kind":"ended"').waitFor();

    expect(await page.title()).not.toBe("owned");
    expect(await page.locator("main img, main script").count()).toBe(0);
    const text = await page.locator("main").innerText();
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
    expect(text).not.toContain("s3cret");
    expect(text).toContain("onerror");
  });

  it.each(["light", "dark"] as const)(
    "has nothing that axe objects to, %s",
    async (colorScheme) => {
      const { open, begin } = await opened();
      const { task, agent } = await begin();
      const page = await open(task, { colorScheme });
      expect(await accessFaults(page)).toEqual([]);
      await agent.tell(...story);
      await agent.use(usageOf(19));
      await page.getByText("All 14 tests pass now.").waitFor();
      await page.locator(".amount", { hasText: "19 of 20" }).waitFor();
      expect(await accessFaults(page)).toEqual([]);
      await agent.finish({ end: { kind: "over_budget", budget: "turns", limit: 20 } });
      await page.getByRole("button", { name: "Continue this conversation" }).click();
      await page.getByRole("dialog").waitFor();
      expect(await accessFaults(page)).toEqual([]);
    },
  );

  it.each([390, 768, 1440])("fits a window of %i pixels", async (width) => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story, {
      kind: "said",
      turn: 3,
      text: `${"x".repeat(500)}\n\`\`\`\n${"y".repeat(500)}`,
    });
    await agent.use(usageOf(3));

    const page = await open(task, { viewport: { width, height: 900 } });

    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it("can be read without scripts", async () => {
    const { open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);

    const page = await open(task, { javaScriptEnabled: false });

    await page.getByText("All 14 tests pass now.").waitFor();
    await page.getByText("Answer of Read").click();
    await page.getByText("export const line40 = 40;").waitFor();
  });
});

describe("going on with a conversation", () => {
  it("asks for instruction and budget, and leads to a new task; each names the other", async () => {
    const { site, open, begin } = await opened();
    const { task, agent } = await begin({
      options: { model: "m-1", permissionMode: "acceptEdits", budget: { turns: 20 } },
    });
    await agent.tell(...story);
    await agent.finish({ end: { kind: "over_budget", budget: "turns", limit: 20 } });
    const page = await open(task);
    expect(await page.locator(".entry.end").innerText()).toContain(
      "Stopped: the budget of 20 turns is used up.",
    );

    await page.getByRole("button", { name: "Continue this conversation" }).click();
    const dialog = page.getByRole("dialog");
    const instruction = dialog.getByLabel("Instruction");
    expect(await instruction.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await dialog.getByLabel("Turns").inputValue()).toBe("40");
    await instruction.fill("Now the linter");
    await dialog.getByLabel("Minutes").fill("2.5");
    await dialog.getByLabel("Cost in US dollars").fill("");
    await dialog.getByRole("button", { name: "Continue as a new task" }).click();

    await page.waitForURL((url) => !url.pathname.endsWith(task.id));
    const next = await site.store.findTask(new URL(page.url()).pathname.split("/").at(-1) ?? "");
    expect(next).toMatchObject({ state: "pending", type: "agent" });
    expect(next?.payload).toEqual({
      instruction: "Now the linter",
      options: {
        model: "m-1",
        permissionMode: "acceptEdits",
        continueFromTaskId: task.id,
        budget: { turns: 40, tokens: 50_000, wallMs: 150_000 },
      },
      resume: expect.objectContaining({ fromTaskId: task.id }),
    });
    await page.locator("h1", { hasText: "Now the linter" }).waitFor();
    await page.getByRole("link", { name: "Mend the parser" }).click();
    await page.getByText("Continued by").waitFor();
    await page.getByRole("link", { name: "Now the linter" }).waitFor();
  });

  it("works with the keyboard and without scripts", async () => {
    const { site, open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);
    await agent.finish();
    const page = await open(task);
    await page.getByRole("button", { name: "Continue this conversation" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await until(async () => (await page.getByRole("dialog").count()) === 0);

    const plain = await open(task, { javaScriptEnabled: false });
    await plain.getByRole("button", { name: "Continue this conversation" }).click();
    await plain.getByLabel("Instruction").fill("And the docs\nin two lines");
    await plain.getByRole("button", { name: "Continue as a new task" }).click();

    await plain.locator("h1", { hasText: "And the docs" }).waitFor();
    const { items } = await site.store.listTasks({ limit: 10 });
    expect(items).toHaveLength(2);
    expect(items[0]?.payload).toMatchObject({ instruction: "And the docs\nin two lines" });
  });

  it("is not offered while the task runs, nor where no conversation began, nor to viewers", async () => {
    const { site, open, begin, stageOf } = await opened();
    const { task, agent } = await begin();
    // Once there is a key, nobody without one is answered.
    const page = await open(task, { allowsErrors: true });
    expect(await page.getByRole("button", { name: "Continue this conversation" }).count()).toBe(0);

    await agent.finish({ end: { kind: "failed", cause: "not_logged_in", message: "no key" } });

    const button = page.getByRole("button", { name: "Continue this conversation" });
    await button.waitFor();
    expect(await button.getAttribute("data-why")).toMatch(/before its agent had begun/);
    const done = await begin();
    await done.agent.tell(...story);
    await done.agent.finish();
    const theirs = await stageOf.pageOf("viewer", `/tasks/${done.task.id}`, { allowsErrors: true });
    const shown = theirs.getByRole("button", { name: "Continue this conversation" });
    expect(await shown.getAttribute("data-why")).toContain("Needs the role operator");
    const status = await theirs.evaluate(async () => {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
      const body = new URLSearchParams({ _csrf: csrf, instruction: "x", key: "k" });
      return (await fetch(`${location.pathname}/continue`, { method: "POST", body })).status;
    });
    expect(status).toBe(403);
    expect((await site.store.listTasks({ limit: 10 })).items).toHaveLength(2);
  });

  it("tells why a budget is none, and does nothing then", async () => {
    const { site, open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);
    await agent.finish();
    const page = await open(task, { allowsErrors: true });

    const status = await page.evaluate(async () => {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
      const fields = { _csrf: csrf, instruction: "x", key: "k", turns: "-3" };
      const body = new URLSearchParams(fields);
      return (await fetch(`${location.pathname}/continue`, { method: "POST", body })).status;
    });

    expect(status).toBe(400);
    expect((await site.store.listTasks({ limit: 10 })).items).toHaveLength(1);
  });

  it("is cancelled like any other task while it runs", async () => {
    const { site, open, begin } = await opened();
    const { task, agent } = await begin();
    await agent.tell(...story);
    const page = await open(task);

    await page.getByRole("button", { name: "Cancel task" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
    await page.getByText("Its worker was asked to stop it").first().waitFor();
    await agent.worker.settle(agent.task, { kind: "cancelled" });

    await page.locator("#task-head .badge.cancelled").waitFor();
    const button = page.getByRole("button", { name: "Continue this conversation" });
    expect(await button.getAttribute("data-why")).toBeNull();
    expect((await site.store.findTask(task.id))?.state).toBe("cancelled");
  });
});

describe("the list of tasks", () => {
  it("shows an agent's task by the first line of its instruction", async () => {
    const { stageOf, site } = await opened();
    await site.submit(agentTask());

    const page = await stageOf.page("/tasks");

    const title = page.locator("a.task-title");
    expect(await title.innerText()).toBe("Mend the parser");
    expect(await page.locator(".word-cut").innerText()).toBe("agent");
    expect(await page.locator("table").innerText()).not.toContain("instruction");
  });

  it("takes an instruction as it is typed, in place of a payload", async () => {
    const { stageOf, site } = await opened();
    const page = await stageOf.page("/tasks");

    await page.locator("#new-task summary").click();
    await page.locator("#new-type").fill("agent");
    await page.locator("#new-payload").fill('Say "hello"\nand leave');
    await page.getByRole("button", { name: "Submit task" }).click();

    await page.locator("a.task-title", { hasText: 'Say "hello"' }).waitFor();
    const { items } = await site.store.listTasks({ limit: 1 });
    expect(items[0]?.payload).toEqual({ instruction: 'Say "hello"\nand leave' });
  });
});

async function opened() {
  const stageOf = await stage.open();
  const { site } = stageOf;
  const open = (task: Task, options: PageOptions = {}): Promise<Page> =>
    stageOf.page(`/tasks/${task.id}`, options);
  const begin = async (payload: object = {}) => {
    const task = await site.submit(agentTask(payload));
    return { task, agent: await PlayedAgent.begin(site.store) };
  };
  return { stageOf, site, open, begin };
}

function chatter(count: number, from = 0): AgentEntry[] {
  return Array.from({ length: count }, (_, n): AgentEntry => {
    const text = `entry ${from + n}`;
    return { kind: "said", turn: 4, text };
  });
}

async function isAtEnd(page: Page): Promise<boolean> {
  return await page
    .locator("#log-frame")
    .evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight < 24);
}
