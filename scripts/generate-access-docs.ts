/**
 * Writes the generated part of `docs/access.md`, who may use which route, from the table of routes.
 * With `--check` it writes nothing, and fails when the page is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { roles } from "../src/domain/role.ts";
import type { Route } from "../src/server/route.ts";
import { allRoutes } from "../src/server/routes.ts";

const path = new URL("../docs/access.md", import.meta.url).pathname;
const page = readFileSync(path, "utf8");
const begin = "<!-- begin: routes -->";
const end = "<!-- end: routes -->";
const [before = ""] = page.split(begin);
const [, after = ""] = page.split(end);
const fresh = `${before}${begin}\n\n${tables()}\n\n${end}${after}`;

if (!process.argv.includes("--check")) {
  if (fresh !== page) writeFileSync(path, fresh);
} else if (fresh !== page) {
  process.stderr.write(
    'docs/access.md is not up to date; run "node scripts/generate-access-docs.ts"\n',
  );
  process.exitCode = 1;
}

function tables(): string {
  const titles = {
    public: "Everybody, without a key",
    viewer: "A viewer",
    operator: "An operator, besides",
    admin: "An admin, besides",
  };
  return (["public", ...roles] as const)
    .map((needs) => ({ needs, routes: allRoutes.filter((route) => route.needs === needs) }))
    .filter(({ routes }) => routes.length > 0)
    .map(({ needs, routes }) => `### ${titles[needs]}\n\n${table(routes)}`)
    .join("\n\n");
}

function table(routes: readonly Route[]): string {
  const rows = routes
    .toSorted((a, b) => spell(a).localeCompare(spell(b), "en"))
    .map(({ summary, ...route }) => `| \`${route.method} ${route.path}\` | ${summary} |`);
  return ["| route | what it does |", "|---|---|", ...rows].join("\n");
}

function spell({ path: place, method }: Pick<Route, "path" | "method">): string {
  return `${place} ${method}`;
}
