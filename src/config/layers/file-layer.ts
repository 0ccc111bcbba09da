import { readFile } from "node:fs/promises";
import type { Origin } from "../origin.ts";
import type { Key, Keys } from "../schema/key.ts";
import { rootKeys, serverKeys, workersKeys } from "../schema/keys.ts";
import {
  allAgentKeys,
  allTypeKeys,
  fixedKeys,
  keysOfType,
  sectionNames,
} from "../schema/sections.ts";
import { isBuiltIn, isTypeName, typeNameRule } from "../schema/worker-types.ts";
import { explainUnknown } from "./explain-unknown.ts";
import { KeyPositions, type Position } from "./key-positions.ts";
import { LayerBuilder, type LayerReading } from "./layer.ts";
import type { ConfigPlace } from "./places.ts";

export interface FileReading extends LayerReading {
  /** It is no TOML, or could not be read: nothing is known of what it says. */
  readonly isBroken: boolean;
  /** The worker types that have a table in it, an empty one included, and where. */
  readonly types: ReadonlyMap<string, Origin>;
}

/** Reads one file. Whatever is wrong with it is among its problems. */
export async function readFileLayer(place: ConfigPlace, home: string): Promise<FileReading> {
  const reader = new FileReader(place, home);
  const isBroken = !(await reader.read());
  const { name, settings, problems } = reader.layer;
  return { name, settings, problems: inOrder(problems), types: reader.types, isBroken };
}

type Table = Readonly<Record<string, unknown>>;
type Path = readonly string[];

class FileReader {
  readonly layer: LayerBuilder;
  readonly types = new Map<string, Origin>();
  readonly #place: ConfigPlace;
  readonly #home: string;
  #positions = new KeyPositions("");

  constructor(place: ConfigPlace, home: string) {
    this.layer = new LayerBuilder(place.location);
    this.#place = place;
    this.#home = home;
  }

  async read(): Promise<boolean> {
    const text = await this.#text();
    const document = text === undefined ? undefined : await this.#parse(text);
    if (text === undefined || document === undefined) return false;
    this.#positions = new KeyPositions(text);
    for (const [name, value] of Object.entries(document)) this.#entry(name, value);
    return true;
  }

  async #text(): Promise<string | undefined> {
    try {
      return (await readFile(this.#place.path, "utf8")).replace(/^\uFEFF/, "");
    } catch (error) {
      const why = whyUnreadable(error as NodeJS.ErrnoException);
      this.layer.tell({ origin: this.#at({ line: 1, column: 1 }), message: why });
      return undefined;
    }
  }

  async #parse(text: string): Promise<Table | undefined> {
    const { parse, TomlError } = await import("smol-toml");
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [what = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
      this.layer.tell({ origin: this.#at(error), message: `this is no TOML: ${what}` });
      return undefined;
    }
  }

  #entry(name: string, value: unknown): void {
    const isSection = sectionNames.includes(name);
    const root: Keys = rootKeys;
    const key = Object.hasOwn(root, name) ? root[name] : undefined;
    if (isSection && isTable(value)) this.#section(name, value);
    else if (name === "server" && isTable(value)) this.#server(value);
    else if (name === "agents" && isTable(value)) this.#agents(value);
    else if (isSection || name === "server" || name === "agents") this.#notTable([name]);
    else if (key !== undefined) this.#key([name], { id: name, key, value });
    else this.#unknown([name], [...Object.keys(rootKeys), ...sectionNames, "server", "agents"]);
  }

  #section(written: string, table: Table): void {
    const keys: Keys = workersKeys;
    for (const [name, value] of Object.entries(table)) {
      const path = [written, name];
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (key !== undefined) this.#key(path, { id: `workers.${name}`, key, value });
      else if (isTable(value)) this.#type(path, name, value);
      else if (isBuiltIn(name)) this.#notTable(path);
      else this.#unknown(path, Object.keys(keys));
    }
  }

  #server(table: Table): void {
    const keys: Keys = serverKeys;
    for (const [name, value] of Object.entries(table)) {
      const path = ["server", name];
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (key !== undefined) this.#key(path, { id: `server.${name}`, key, value });
      else this.#unknown(path, Object.keys(keys));
    }
  }

  #agents(table: Table): void {
    for (const [agent, value] of Object.entries(table)) {
      const path = ["agents", agent];
      if (!isTypeName(agent)) {
        const message = `${JSON.stringify(agent)} cannot name an agent: use ${typeNameRule}`;
        this.layer.tell({ key: path.join("."), origin: this.#origin(path), message });
      } else if (isTable(value)) this.#agent(path, value);
      else this.#notTable(path);
    }
  }

  #agent(path: Path, table: Table): void {
    for (const [name, value] of Object.entries(table)) {
      const key = Object.hasOwn(allAgentKeys, name) ? allAgentKeys[name] : undefined;
      const own = [...path, name];
      if (key !== undefined) this.#key(own, { id: own.join("."), key, value });
      else this.#unknown(own, Object.keys(allAgentKeys));
    }
  }

  #type(path: Path, type: string, table: Table): void {
    if (isTypeName(type)) {
      if (!this.types.has(type)) this.types.set(type, this.#origin(path));
      for (const [name, value] of Object.entries(table)) this.#ofType([...path, name], type, value);
    } else {
      const message = `${JSON.stringify(type)} cannot name a worker type: use ${typeNameRule}`;
      this.layer.tell({ key: path.join("."), origin: this.#origin(path), message });
    }
  }

  #ofType(path: Path, type: string, value: unknown): void {
    const name = path.at(-1) ?? "";
    const key = Object.hasOwn(allTypeKeys, name) ? allTypeKeys[name] : undefined;
    if (key !== undefined) this.#key(path, { id: `workers.${type}.${name}`, key, value });
    else this.#unknown(path, Object.keys(keysOfType(type)));
  }

  #key(
    path: Path,
    found: { readonly id: string; readonly key: Key; readonly value: unknown },
  ): void {
    const site = { what: path.join("."), folder: this.#place.folder, home: this.#home };
    this.layer.addToml({ ...found, origin: this.#origin(path), site });
  }

  #unknown(path: Path, here: readonly string[]): void {
    const message = explainUnknown({
      what: `key ${path.join(".")}`,
      name: path.at(-1) ?? "",
      here,
      elsewhere: homesOfKeys,
    });
    this.layer.tell({ key: path.join("."), origin: this.#origin(path), message });
  }

  #notTable(path: Path): void {
    const name = path.join(".");
    const message = `${name} must be a table: write [${name}], and its keys below`;
    this.layer.tell({ key: name, origin: this.#origin(path), message });
  }

  #origin(path: Path): Origin {
    return this.#at(this.#positions.find(path));
  }

  #at({ line, column }: Position): Origin {
    const { location, path } = this.#place;
    return { kind: "file", location, path, line, column };
  }
}

/** Where each key belongs, by its last part. */
const homesOfKeys: ReadonlyMap<string, string> = new Map([
  ...Object.keys(allTypeKeys).map((name) => [name, "a table such as [workers.notebook]"] as const),
  ...Object.keys(fixedKeys).map((id) => {
    const [name = "", section] = id.split(".").toReversed();
    return [
      name,
      section === undefined ? "the top of the file, above all sections" : `[${section}]`,
    ] as const;
  }),
]);

function isTable(value: unknown): value is Table {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EACCES") return "this file may not be read by you; change its mode or its owner";
  if (code === "EISDIR") return "this is a folder, but must be a file; move it away";
  return `this file cannot be read: ${message}`;
}

function inOrder(problems: LayerReading["problems"]): LayerReading["problems"] {
  const lineOf = ({ origin }: (typeof problems)[number]) =>
    origin.kind === "file" ? origin.line : 0;
  return problems.toSorted((a, b) => lineOf(a) - lineOf(b));
}
