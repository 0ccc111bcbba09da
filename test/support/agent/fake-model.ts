import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { JsonValue } from "../../../src/domain/json.ts";

/** What the model answers with, once. */
export type Answer =
  | { readonly say: string; readonly think?: string; readonly usage?: TokenUsage }
  | { readonly use: string; readonly input: JsonValue; readonly say?: string }
  | { readonly status: number; readonly error?: string; readonly retryAfter?: number }
  /** The stream breaks off in the middle. */
  | { readonly cut: string }
  /** It never ends. */
  | { readonly endless: string }
  /** Nothing comes until somebody lets it go on. */
  | { readonly hold: Promise<unknown>; readonly say: string }
  | { readonly refuse: true };

export interface TokenUsage {
  readonly input: number;
  readonly output: number;
}

/** A request as the service got it. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: AskedBody;
}

export interface AskedBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly system?: JsonValue;
  readonly messages?: readonly { readonly role: string; readonly content: JsonValue }[];
  readonly tools?: readonly { readonly name: string }[];
}

/** Decides by what was asked; `undefined` means "ok". */
export type Script = (asked: Asked, nth: number) => Answer | undefined;

/** Anthropic's Messages API on loopback, as far as agents need it; its model follows a script. */
export class FakeModel {
  readonly asked: Asked[] = [];
  /** Requests for anything but messages, and for other hosts by way of it as a proxy. */
  readonly strays: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #script: Script;
  #answers = 0;

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on("connect", (request, socket) => {
      this.strays.push(`CONNECT ${request.url}`);
      socket.destroy();
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(script: Script = () => undefined): Promise<FakeModel> {
    const model = new FakeModel(script);
    await new Promise<void>((resolve) => model.#server.listen(0, "127.0.0.1", resolve));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For agents: this model is theirs, and whatever else they ask for shows among the strays. */
  get env(): Readonly<Record<string, string>> {
    return {
      ANTHROPIC_BASE_URL: this.url,
      ANTHROPIC_API_KEY: "not-a-key",
      HTTPS_PROXY: this.url,
      HTTP_PROXY: this.url,
      NO_PROXY: "127.0.0.1",
    };
  }

  /** How many callers are connected. */
  get connections(): number {
    return this.#sockets.size;
  }

  follow(script: Script): void {
    this.#script = script;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => {});
    const path = request.url ?? "";
    const body = await readBody(request);
    if (path.startsWith("/v1/messages/count_tokens")) {
      sendJson(response, 200, { input_tokens: 10 });
      return;
    }
    if (!path.startsWith("/v1/messages")) {
      this.strays.push(`${request.method} ${path}`);
      sendJson(response, 404, { type: "error", error: { type: "not_found_error", message: "no" } });
      return;
    }
    const asked = { path, headers: request.headers, body };
    this.asked.push(asked);
    const answer = this.#script(asked, ++this.#answers) ?? { say: "ok" };
    await new Speech(response, asked).give(answer, `msg_${this.#answers}`).catch(() => {});
  }
}

class Speech {
  readonly #response: ServerResponse;
  readonly #asked: Asked;
  #blocks = 0;

  constructor(response: ServerResponse, asked: Asked) {
    this.#response = response;
    this.#asked = asked;
  }

  async give(answer: Answer, id: string): Promise<void> {
    if ("status" in answer) {
      this.#fail(answer);
      return;
    }
    if (this.#asked.body.stream !== true) {
      this.#whole(answer, id);
      return;
    }
    const usage = "usage" in answer && answer.usage ? answer.usage : { input: 100, output: 10 };
    this.#response.writeHead(200, {
      "content-type": "text/event-stream",
      "request-id": `req_${id}`,
    });
    this.#send("message_start", {
      message: {
        ...{ id, type: "message", role: "assistant", model: this.#asked.body.model },
        ...{ content: [], stop_reason: null, stop_sequence: null },
        usage: { ...cacheless, input_tokens: usage.input, output_tokens: 1 },
      },
    });
    if ("hold" in answer) await answer.hold;
    if ("endless" in answer) await this.#endless(answer.endless);
    if ("think" in answer && answer.think) this.#thinking(answer.think);
    if ("cut" in answer) {
      this.#begin({ type: "text", text: "" });
      this.#delta({ type: "text_delta", text: answer.cut });
      this.#response.write("", () => this.#response.socket?.destroy());
      return;
    }
    if ("say" in answer && answer.say) this.#text(answer.say);
    if ("use" in answer) this.#tool(answer.use, answer.input, id);
    const stop = "use" in answer ? "tool_use" : "refuse" in answer ? "refusal" : "end_turn";
    this.#send("message_delta", {
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { ...cacheless, input_tokens: usage.input, output_tokens: usage.output },
    });
    this.#send("message_stop", {});
    this.#response.end();
  }

  #fail({ status, error = "it was told to", retryAfter }: Extract<Answer, { status: number }>) {
    const type = errorTypes[status] ?? "api_error";
    if (retryAfter !== undefined) this.#response.setHeader("retry-after", String(retryAfter));
    sendJson(this.#response, status, { type: "error", error: { type, message: error } });
  }

  #whole(answer: Answer, id: string): void {
    if ("cut" in answer) {
      this.#response.socket?.destroy();
      return;
    }
    const text = "say" in answer ? answer.say : "ok";
    sendJson(this.#response, 200, {
      ...{ id, type: "message", role: "assistant", model: this.#asked.body.model },
      content: [{ type: "text", text }],
      ...{ stop_reason: "end_turn", stop_sequence: null },
      usage: { ...cacheless, input_tokens: 100, output_tokens: 10 },
    });
  }

  async #endless(text: string): Promise<void> {
    this.#begin({ type: "text", text: "" });
    while (!this.#response.destroyed && this.#response.socket?.destroyed === false) {
      this.#delta({ type: "text_delta", text });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error("the caller has left");
  }

  #text(text: string): void {
    this.#begin({ type: "text", text: "" });
    for (const piece of text.match(/[\s\S]{1,40}/g) ?? []) {
      this.#delta({ type: "text_delta", text: piece });
    }
    this.#end();
  }

  #thinking(text: string): void {
    this.#begin({ type: "thinking", thinking: "", signature: "" });
    this.#delta({ type: "thinking_delta", thinking: text });
    this.#delta({ type: "signature_delta", signature: "c2lnbmVk" });
    this.#end();
  }

  #tool(name: string, input: JsonValue, id: string): void {
    this.#begin({ type: "tool_use", id: `toolu_${id}`, name, input: {} });
    this.#delta({ type: "input_json_delta", partial_json: JSON.stringify(input) });
    this.#end();
  }

  #begin(block: object): void {
    this.#send("content_block_start", { index: this.#blocks, content_block: block });
  }

  #delta(delta: object): void {
    this.#send("content_block_delta", { index: this.#blocks, delta });
  }

  #end(): void {
    this.#send("content_block_stop", { index: this.#blocks++ });
  }

  #send(type: string, data: object): void {
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  }
}

const cacheless = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

async function readBody(request: IncomingMessage): Promise<AskedBody> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += String(piece);
  return text === "" ? {} : (JSON.parse(text) as AskedBody);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
