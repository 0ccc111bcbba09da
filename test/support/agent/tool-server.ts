/**
 * A tool server as agents start them: its one tool, `greet`, answers with the greeting of its
 * environment, and with what it was started with.
 */
import { createInterface } from "node:readline";

interface Call {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
}

const tool = { name: "greet", description: "greets", inputSchema: { type: "object" } };

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line) as Call;
  if (id === undefined) continue;
  const result = answer(method, params?.protocolVersion);
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}

function answer(method: string, protocolVersion = "2025-06-18"): object {
  switch (method) {
    case "initialize":
      return {
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "greeter", version: "1" },
      };
    case "tools/list":
      return { tools: [tool] };
    case "tools/call": {
      const text = `${process.env.GREETING}, ${process.argv.slice(2).join(" ")}`;
      return { content: [{ type: "text", text }] };
    }
    default:
      return {};
  }
}
