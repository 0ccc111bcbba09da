/**
 * Writes `docs/http-api.md` from the table of routes in `src/server`.
 * With `--check` it writes nothing, and fails when the page is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { ApiAnswer, ApiField, ApiOperation } from "../src/dashboard/api/api-page.ts";
import { apiModelOf } from "../src/server/openapi/api-model.ts";
import { openApiDocument } from "../src/server/openapi/openapi-document.ts";
import { allRoutes } from "../src/server/routes.ts";

const path = new URL("../docs/http-api.md", import.meta.url).pathname;
const api = apiModelOf(openApiDocument(allRoutes, ""));
const operations = api.groups.flatMap((group) => group.operations);

const fresh = `${[
  "# HTTP API",
  "What `clx serve` answers. Generated from the table of routes in `src/server` by `scripts/generate-http-docs.ts`; change that. A running server shows the same at `/api/docs`, and as OpenAPI 3.1 at `/api/openapi.json`.",
  ...api.description,
  example(),
  "## At a glance",
  table(
    ["", "path", "", "role"],
    operations.map(({ method, path: place, name, summary, role }) => [
      `\`${method}\``,
      `[\`${place}\`](#${name.toLowerCase()})`,
      summary,
      role,
    ]),
  ),
  ...api.groups.flatMap(({ name, description, operations: own }) => [
    `## ${capital(name)}`,
    `${description}.`,
    ...own.flatMap(section),
  ]),
  "## Shapes",
  "What several answers have in common. What is not known is left out.",
  ...api.shapes.flatMap(({ name, description, fields: own }) => [
    `### ${name} shape`,
    ...(description === "" ? [] : [description]),
    fields("field", own),
  ]),
].join("\n\n")}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(path, fresh);
} else if (readIfThere() !== fresh) {
  process.stderr.write(
    'docs/http-api.md is not up to date; run "node scripts/generate-http-docs.ts"\n',
  );
  process.exitCode = 1;
}

function example(): string {
  return [
    "```sh",
    "curl -s localhost:5000/api/tasks -H 'Content-Type: application/json' \\",
    `  -d '{"type": "command", "payload": {"argv": ["echo", "hello"]}, "options": {"async": false}}'`,
    "```",
    "",
    "From JavaScript and TypeScript, `connect` of `clx/client` does the same, with types:",
    "",
    "```ts",
    'import { connect } from "clx/client";',
    "",
    'const clx = connect({ url: "http://127.0.0.1:5000", key: process.env.CLX_KEY });',
    'const task = await clx.submit({ type: "command", payload: { argv: ["./model"] } });',
    "for await (const news of clx.follow(task.taskId)) console.log(news);",
    "```",
  ].join("\n");
}

function section(operation: ApiOperation): string[] {
  const { name, method, path: place, summary, details, role, takes, answers } = operation;
  return [
    `### ${name}`,
    `\`${method} ${place}\` · ${role === "public" ? "anybody" : role}`,
    `${summary}.`,
    ...details,
    ...(takes.length > 0 ? [fields("takes", takes)] : []),
    ...answers.flatMap(answer),
  ];
}

function answer({ status, description, media, shape, fields: own }: ApiAnswer): string[] {
  const kind = media === "" || media === "application/json" ? "" : ` (\`${media}\`)`;
  return [
    `**${status}**${kind} ${description}${shape === undefined ? "" : ` [${shape}](#${shape.toLowerCase()}-shape)`}`,
    ...(own.length > 0 ? [fields("answers", own)] : []),
  ];
}

function fields(head: string, all: readonly ApiField[]): string {
  return table(
    [head, "in", "kind", ""],
    all.map(({ name, place, type, isRequired, description }) => [
      `\`${name}\`${isRequired ? " (required)" : ""}`,
      place,
      type,
      description,
    ]),
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function readIfThere(): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
