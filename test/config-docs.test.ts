import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { configSchema } from "../scripts/config-schema.ts";
import { explainConfig } from "../src/config/explain-config.ts";
import { ConfigSite } from "./support/config-site.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
}

it("the page and the schema of the configuration are up to date", async () => {
  await run(process.execPath, ["scripts/generate-config-docs.ts", "--check"], { cwd: root });
});

it("the schema has every key, with its default", async () => {
  const { properties, definitions } = configSchema() as unknown as Schema & {
    readonly definitions: { readonly workers: Schema };
  };
  const whole = { ...properties, workers: definitions.workers };
  const rows = explainConfig(await new ConfigSite().load());

  const found = rows.map(({ key }) => ({
    key,
    value: find({ properties: whole }, key)?.default ?? null,
  }));

  expect(found).toEqual(rows.map(({ key, json }) => ({ key, value: json })));
});

it("the TOML reader is loaded only when there is a file", async () => {
  const site = new ConfigSite();
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name === "smol-toml") process.stdout.write("loaded");
      return next(name, context);
    } });
    const { loadConfig } = await import(${JSON.stringify(`${root}src/config/load-config.ts`)});
    await loadConfig({ cwd: process.cwd(), home: process.cwd() });`;
  const read = () =>
    run(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: site.project,
      env: { ...process.env, ...site.environment },
    });

  const without = await read();
  site.write("project", "");
  const withFile = await read();

  expect(without.stdout).toBe("");
  expect(withFile.stdout).toBe("loaded");
});

it("the page is there for people who have only the package", () => {
  const { files } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { files: string[] };

  expect(files).toContain("docs");
});

/** Tables that somebody names have the keys of all of their kind. */
function find({ properties = {}, additionalProperties }: Schema, key: string): Schema | undefined {
  const [first = "", ...rest] = key.split(".");
  const inner = properties[first] ?? (additionalProperties || undefined);
  return inner === undefined || rest.length === 0 ? inner : find(inner, rest.join("."));
}
