import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ClxError } from "../../domain/errors.ts";

const secretBytes = 32;
const remembered = 1_000;

/** Makes and checks the tokens of workers, and all else that follows from a project's secret. */
export class WorkerTokens {
  readonly #secret: Buffer;
  /** Tokens that were right: a worker shows the same one with each request. */
  readonly #known = new Map<string, string>();

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** The secret is kept in this file; of any number that make it at once, one does. */
  static at(path: string): WorkerTokens {
    return new WorkerTokens(readSecret(path) ?? makeSecret(path));
  }

  tokenOf(workerId: string): string {
    return `${encodeURIComponent(workerId)}.${this.#proofOf(workerId)}`;
  }

  /** Whose it is; `undefined` when nobody's. */
  workerOf(token: string): string | undefined {
    const known = this.#known.get(token) ?? this.#check(token);
    if (known === undefined) return undefined;
    if (this.#known.size >= remembered) this.#known.clear();
    this.#known.set(token, known);
    return known;
  }

  #check(token: string): string | undefined {
    const end = token.lastIndexOf(".");
    const workerId = decode(token.slice(0, end));
    if (end < 1 || workerId === undefined) return undefined;
    const given = Buffer.from(token.slice(end + 1));
    const wanted = Buffer.from(this.#proofOf(workerId));
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? workerId : undefined;
  }

  /** The same for the same words, and for nobody without the secret. */
  derive(purpose: string, words: string): string {
    return createHmac("sha256", this.#secret).update(`${purpose}:${words}`).digest("hex");
  }

  #proofOf(workerId: string): string {
    return createHmac("sha256", this.#secret).update(`worker:${workerId}`).digest("base64url");
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readSecret(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const secret = Buffer.from(text.trim(), "hex");
  if (secret.length === secretBytes) return secret;
  throw new ClxError(
    "invalid_value",
    `${path} does not hold the secret of the worker API; delete it, and a new one is made (workers that run with the old one are refused)`,
  );
}

function makeSecret(path: string): Buffer {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(secretBytes).toString("hex")}\n`, {
    mode: 0o600,
    flag: "wx",
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = readSecret(path);
  if (secret !== undefined) return secret;
  throw new ClxError("store_io", `the secret of the worker API was made, and is gone: ${path}`);
}
