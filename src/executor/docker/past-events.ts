import type Docker from "dockerode";

/** What has become of a container, as the engine remembers it. */
export interface PastEvents {
  readonly outOfMemory: boolean;
  /** Somebody sent it a signal by way of the engine. */
  readonly wasKilled: boolean;
  readonly exitCode?: number;
}

/** The engine remembers the last events of all its containers, also of those that it has removed. */
export async function readPastEvents(
  docker: Docker,
  { container, since }: { readonly container: string; readonly since: number },
): Promise<PastEvents> {
  const asked = {
    since: Math.floor(since / 1000),
    until: Date.now() / 1000,
    filters: { container: [container], event: ["oom", "kill", "die"] },
  };
  const stream = await docker.getEvents(asked);
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  const events = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [parse(line)]));
  const exitCode = events.find(({ Action }) => Action === "die")?.Actor?.Attributes?.exitCode;
  return {
    outOfMemory: events.some(({ Action }) => Action === "oom"),
    wasKilled: events.some(({ Action }) => Action === "kill"),
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
  };
}

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: { readonly exitCode?: string } };
}

function parse(line: string): EngineEvent {
  return JSON.parse(line) as EngineEvent;
}
