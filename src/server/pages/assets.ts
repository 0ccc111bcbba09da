import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { z } from "zod";
import type { Assets } from "../../dashboard/page.ts";
import { ClxError } from "../../domain/errors.ts";
import { defineRoute, type Route } from "../route.ts";

const folder = new URL("../../dashboard/", import.meta.url);
const require = createRequire(import.meta.url);

/** What must come before the rest; whatever else is in the folder follows by name. */
const first = ["tokens.css", "base.css", "core.js"];
/** Set before the first paint, so it is a file of its own. */
const themeScript = "theme.js";

export interface Asset {
  readonly name: string;
  readonly media: string;
  readonly body: Buffer;
  readonly tag: string;
  /** Made when first asked for. */
  readonly packed: Partial<Record<Packing, Promise<Buffer>>>;
}

const packings = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, {
      params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    }),
  gzip: (body: Buffer) => promisify(gzip)(body, { level: 9 }),
} as const;

type Packing = keyof typeof packings;

let loaded: Promise<ReadonlyMap<string, Asset>> | undefined;

/** Read once, when the first page is shown. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  loaded ??= readAssets();
  return await loaded;
}

export async function assetAddresses(): Promise<Assets> {
  const assets = await loadAssets();
  const addressOf = (name: string) => `/assets/${name}?v=${assets.get(name)?.tag}`;
  return {
    styles: addressOf("clx.css"),
    theme: addressOf(themeScript),
    htmx: addressOf("htmx.js"),
    script: addressOf("clx.js"),
    icon: addressOf("icon.svg"),
  };
}

/** For the panel of workers on pages that are not ours. */
export async function embeddedAssets(): Promise<Pick<Assets, "styles" | "script">> {
  const { script } = await assetAddresses();
  return { script, styles: `/assets/panel.css?v=${(await loadAssets()).get("panel.css")?.tag}` };
}

async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const script = "text/javascript; charset=utf-8";
  const htmx = (await readFile(require.resolve("htmx.org/dist/htmx.min.js"), "utf8")).replace(
    /\n?\/\/# sourceMappingURL=.*\s*$/,
    "\n",
  );
  const style = "text/css; charset=utf-8";
  const styles = await readAll("styles/", ".css");
  const scripts = await readAll("browser/", ".js", [themeScript]);
  const assets = [
    assetOf("clx.css", style, styles),
    assetOf("panel.css", style, await scopedStyles(styles)),
    assetOf("clx.js", script, `if (!window.clx) {\n${scripts}\n}\n`),
    assetOf(themeScript, script, await readFile(new URL(`browser/${themeScript}`, folder), "utf8")),
    assetOf("htmx.js", script, htmx),
    assetOf("icon.svg", "image/svg+xml", icon),
  ];
  return new Map(assets.map((asset) => [asset.name, asset]));
}

/** The same look, inside the panel alone. */
async function scopedStyles(styles: string): Promise<string> {
  const read = (name: string) => readFile(new URL(`styles/${name}`, folder), "utf8");
  const [tokens, panel] = await Promise.all([read("tokens.css"), read("panel.css")]);
  const rest = styles.replace(tokens, "").replace(panel, "");
  const outside = `${tokens.replaceAll(":root", ".clx-panel")}\n${panel}`;
  return `${outside}\n@scope (.clx-panel) {\n${rest}\n}\n`;
}

async function readAll(
  inside: string,
  ending: string,
  without: readonly string[] = [],
): Promise<string> {
  const place = new URL(inside, folder);
  const names = (await readdir(fileURLToPath(place)))
    .filter((name) => name.endsWith(ending) && !without.includes(name))
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, place), "utf8")));
  return texts.join("\n");
}

function rank(name: string): number {
  const at = first.indexOf(name);
  return at === -1 ? first.length : at;
}

function assetOf(name: string, media: string, text: string): Asset {
  const body = Buffer.from(text);
  const tag = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return { name, media, body, tag, packed: {} };
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#0b57d0"><rect x="2" y="4" width="20" height="4" rx="2"/><rect x="2" y="10" width="13" height="4" rx="2"/><rect x="2" y="16" width="7" height="4" rx="2"/></svg>`;

export const assetRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/assets/:name",
    name: "showAsset",
    tag: "pages",
    summary: "Styles and scripts of the dashboard",
    needs: "public",
    params: z.object({ name: z.string() }),
    query: z.object({ v: z.string().optional() }),
    answers: { 200: { description: "The file", media: "text/plain" } },
    async handle({ params, query, http }) {
      const asset = (await loadAssets()).get(params.name);
      if (asset === undefined)
        throw new ClxError("not_found", `the dashboard has no file ${params.name}`);
      const headers = {
        "Content-Type": asset.media,
        ETag: `"${asset.tag}"`,
        Vary: "Accept-Encoding",
        "Cache-Control": query.v === asset.tag ? "public, max-age=31536000, immutable" : "no-cache",
      };
      if (http.req.header("If-None-Match") === `"${asset.tag}"`)
        return new Response(null, { status: 304, headers });
      const packing = packingFor(http.req.header("Accept-Encoding"));
      if (packing === undefined) return new Response(new Uint8Array(asset.body), { headers });
      return new Response(new Uint8Array(await pack(asset, packing)), {
        headers: { ...headers, "Content-Encoding": packing },
      });
    },
  }),
];

function packingFor(accepted = ""): Packing | undefined {
  const names = accepted
    .split(",")
    .filter((word) => !/;\s*q=0(\.0*)?\s*$/.test(word))
    .map((word) => word.split(";")[0]?.trim());
  return names.includes("br") ? "br" : names.includes("gzip") ? "gzip" : undefined;
}

export async function pack(asset: Asset, packing: Packing): Promise<Buffer> {
  const packed = asset.packed[packing] ?? packings[packing](asset.body);
  asset.packed[packing] = packed;
  return await packed;
}
