import { createHash } from "node:crypto";
import { besideThePage } from "./settle-html.ts";

export interface PolicyFacts {
  /** The page's own script. */
  readonly script: string;
  /** Outputs that bring scripts, in frames of their own, need more than our script. */
  readonly hasScripts: boolean;
  readonly remotes: ReadonlySet<string>;
}

/** What a page may load and run: nothing, but what is in it and what its author points at. */
export function pagePolicy({ script, hasScripts, remotes }: PolicyFacts): string {
  const hosts = [...remotes]
    .filter((host) => host !== besideThePage && /^[\w.-]+(:\d+)?$/.test(host))
    .toSorted();
  const own = remotes.has(besideThePage) ? ["data:", "'self'", "file:"] : ["data:"];
  const from = (...first: string[]) =>
    [...first, ...hosts.flatMap((host) => [`https://${host}`, `http://${host}`])].join(" ");
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    `script-src ${hasScripts ? "'unsafe-inline' 'unsafe-eval'" : `'sha256-${hash}'`}`,
    "style-src 'unsafe-inline'",
    "font-src data:",
    `img-src ${from(...own)}`,
    `media-src ${from(...own)}`,
    `frame-src ${hosts.length === 0 ? "'self'" : from("'self'")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
