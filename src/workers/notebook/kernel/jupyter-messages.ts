import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface JupyterMessage {
  readonly type: string;
  /** The request that it answers. */
  readonly parentId?: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const delimiter = "<IDS|MSG>";

/** Signs, packs and unpacks the messages of one connection to a Jupyter kernel. */
export class JupyterMessages {
  readonly #key: string;
  readonly #session = randomUUID();

  constructor(key: string) {
    this.#key = key;
  }

  pack({ type, content }: Request): { readonly id: string; readonly frames: string[] } {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      username: "clx",
      session: this.#session,
      date: new Date().toISOString(),
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    return { id, frames: [delimiter, this.#sign(parts), ...parts] };
  }

  /** Absent when somebody else has written it. */
  unpack(frames: readonly Buffer[]): JupyterMessage | undefined {
    const start = frames.findIndex((frame) => frame.toString() === delimiter);
    const [signature, ...parts] = frames.slice(start + 1, start + 6);
    if (start < 0 || signature === undefined || parts.length < 4) return undefined;
    const expected = Buffer.from(this.#sign(parts));
    if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
      return undefined;
    }
    const [header, parent, , content] = parts.map(
      (part) => JSON.parse(part.toString()) as Readonly<Record<string, unknown>>,
    );
    const parentId = parent?.msg_id;
    return {
      type: String(header?.msg_type),
      content: content ?? {},
      ...(typeof parentId === "string" && { parentId }),
    };
  }

  #sign(parts: readonly (string | Buffer)[]): string {
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}
