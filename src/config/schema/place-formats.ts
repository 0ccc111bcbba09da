import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { JsonValue } from "../../domain/json.ts";
import type { Format, ValueSite } from "./format.ts";
import { text } from "./formats.ts";
import { invalid } from "./invalid.ts";

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Absolute inside. */
export const path: Format<string> = {
  ...text,
  name: "path",
  fromToml: (value, site) => resolvePath(text.fromToml(value, site), site),
  fromText: (value, site) => resolvePath(text.fromText(value, site), site),
};

/** Absolute inside; a text is a list separated by commas. */
export const folders: Format<readonly string[]> = {
  name: "list of paths",
  fromToml(value, site) {
    if (Array.isArray(value) && value.length > 0) {
      return value.map((one) => path.fromToml(one, site));
    }
    throw invalid(site.what, value, 'must be a list of folders, such as ["projects", "/srv"]');
  },
  fromText(written, site) {
    const list = fromJson(written);
    if (Array.isArray(list)) return folders.fromToml(list, site);
    const names = written.split(",").map((name) => name.trim());
    return folders.fromToml(
      names.filter((name) => name !== ""),
      site,
    );
  },
  toToml: (paths) => inlineToml(paths),
  toJson: (paths) => paths,
  schema: { type: "array", items: { type: "string" }, minItems: 1 },
};

/** The URL of a module inside. */
export const moduleUrl: Format<string> = {
  ...text,
  name: "path of a module",
  fromToml(value, site) {
    const written = text.fromToml(value, site);
    if (written.startsWith("file:")) return written;
    if (/^\.{0,2}[\\/]|^~\//.test(written) || isAbsolute(written)) {
      return pathToFileURL(resolvePath(written, site)).href;
    }
    throw invalid(site.what, value, `must be the path of a module, such as "./${written}"`);
  },
  fromText: (value, site) => moduleUrl.fromToml(value, site),
};

export interface Program {
  readonly argv: readonly string[];
  /** Where it runs: relative paths among its arguments are meant from where they were written. */
  readonly cwd: string;
}

export const program: Format<Program> = {
  name: "list of texts",
  fromToml(value, site) {
    if (isArgv(value)) {
      return { argv: [programPath(value[0] ?? "", site), ...value.slice(1)], cwd: site.folder };
    }
    throw invalid(
      site.what,
      value,
      'must be a list of a program and its arguments, such as ["python3", "resize.py"]',
    );
  },
  fromText: (value, site) => program.fromToml(fromJson(value), site),
  toToml: ({ argv }) => inlineToml(argv),
  toJson: ({ argv }) => argv,
  schema: { type: "array", items: { type: "string" }, minItems: 1 },
};

/** Values for a handler, which alone knows them. */
export const freeTable: Format<JsonObject> = {
  name: "table",
  fromToml(value, { what }) {
    const plain = asJson(value);
    if (isObject(plain)) return plain;
    throw invalid(what, value, "must be a table, such as { quality = 90 }");
  },
  fromText(value, site) {
    const read = fromJson(value);
    if (isObject(read)) return read;
    throw invalid(site.what, value, 'must be an object in JSON, such as {"quality": 90}');
  },
  toToml: (value) => inlineToml(value),
  toJson: (value) => value,
  schema: { type: "object" },
};

function resolvePath(written: string, { folder, home }: ValueSite): string {
  if (written === "~") return home;
  return written.startsWith("~/") ? join(home, written.slice(2)) : resolve(folder, written);
}

/** A bare name is looked up on the PATH; a relative path is meant from the file that says it. */
function programPath(written: string, site: ValueSite): string {
  return /^(\.{1,2}|~)[\\/]/.test(written) ? resolvePath(written, site) : written;
}

function isArgv(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((word) => typeof word === "string" && !word.includes("\0")) &&
    typeof value[0] === "string" &&
    value[0] !== ""
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Dates become text. */
function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value) ?? "null");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inlineToml(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(inlineToml).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== undefined)
    .map(([key, inner]) => `${inlineKey(key)} = ${inlineToml(inner ?? "")}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function inlineKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}
