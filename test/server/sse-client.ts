import { connect, type Socket } from "node:net";

export interface Message {
  readonly id?: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what is in it
  readonly data: any;
}

/** A client of an event stream on a bare socket, so that a test decides when it reads. */
export class SseClient {
  readonly messages: Message[] = [];
  readonly socket: Socket;
  /** Set when the other side has ended the stream. */
  ended = false;
  head = "";
  heartbeats = 0;
  bytes = 0;
  #rest = "";
  #look = new Set<() => void>();

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    const { hostname, port, pathname, search } = new URL(url);
    const lines = Object.entries({
      Host: `${hostname}:${port}`,
      Accept: "text/event-stream",
      ...headers,
    });
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.setEncoding("utf8");
    this.socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    );
    this.socket.on("data", (text: string) => this.#read(text));
    this.socket.on("close", () => this.#end());
    this.socket.on("error", () => this.#end());
  }

  get status(): number {
    return Number(this.head.split(" ")[1]);
  }

  get lastId(): string {
    return this.messages.findLast(({ id }) => id !== undefined)?.id ?? "";
  }

  /** Resolves once the condition holds; it is looked at whenever something arrives. */
  until(condition: (client: SseClient) => boolean): Promise<this> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition(this)) return;
        this.#look.delete(look);
        resolve(this);
      };
      this.#look.add(look);
      look();
    });
  }

  /** Resolves once the server has answered. */
  opened(): Promise<this> {
    return this.until(({ head, ended }) => ended || head !== "");
  }

  close(): void {
    this.socket.destroy();
  }

  #end(): void {
    this.ended = true;
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#look]) look();
  }

  #read(text: string): void {
    this.bytes += text.length;
    this.#rest += text;
    if (this.head === "") {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.head = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 4);
    }
    // Sizes of chunks stand on lines of their own, between whole lines of ours.
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#readBlock(block);
    if (/(^|\r\n)0\r\n\r\n$/.test(this.#rest)) this.#end();
    this.#tell();
  }

  #readBlock(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) this.heartbeats++;
      const at = line.indexOf(": ");
      if (at > 0) fields.set(line.slice(0, at), line.slice(at + 2));
    }
    const data = fields.get("data");
    const id = fields.get("id");
    if (data === undefined) return;
    this.messages.push({
      event: fields.get("event") ?? "message",
      data: JSON.parse(data),
      ...(id !== undefined && { id }),
    });
  }
}
