import { basename, dirname, extname, join } from "node:path";
import { userError } from "../../rendering/user-error.ts";
import type { DrawioPayload } from "./drawio-payload.ts";
import type { Page } from "./read-pages.ts";

/** A page, and where its picture goes. */
export interface Wanted {
  readonly page: Page;
  readonly path: string;
}

/** The pages that were asked for: one by its number or name, or all that have something on them. */
export function choosePages(
  all: readonly Page[],
  { page, source, output }: Pick<DrawioPayload, "page" | "source" | "output">,
): readonly Wanted[] {
  const file = basename(source);
  if (page === undefined) {
    const drawn = all.filter(({ isEmpty }) => !isEmpty);
    if (drawn.length === 0) throw userError(`${file}: there is nothing on its pages`);
    return placed(drawn, output);
  }
  const found = typeof page === "number" ? all[page - 1] : all.find(({ name }) => name === page);
  if (found === undefined) {
    const names = all.map(({ name, number }) => name ?? number).join(", ");
    throw userError(`${file} has no page ${JSON.stringify(page)}; it has ${names}`);
  }
  if (found.isEmpty) throw userError(`${file}: there is nothing on page ${JSON.stringify(page)}`);
  return [{ page: found, path: output }];
}

/** The first where it was asked for, the others beside it, with their names. */
function placed(pages: readonly Page[], output: string): Wanted[] {
  const extension = extname(output);
  const stem = join(dirname(output), basename(output, extension));
  const taken = new Set([output]);
  return pages.map((page, at) => {
    if (at === 0) return { page, path: output };
    const name = fileNameOf(page.name ?? String(page.number));
    const wish = `${stem}-${name}${extension}`;
    const path = taken.has(wish) ? `${stem}-${name}-${page.number}${extension}` : wish;
    taken.add(path);
    return { page, path };
  });
}

function fileNameOf(name: string): string {
  return name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, "_");
}
