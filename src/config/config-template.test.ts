import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { configTemplate } from "./config-template.ts";
import { explainConfig } from "./explain-config.ts";
import { allTypeKeys, findKey, fixedKeys } from "./schema/sections.ts";

describe("the file that is written for people", () => {
  it("changes nothing as it stands", async () => {
    const config = await new ConfigSite().write("project", configTemplate()).load();

    expect(config.layers.flatMap(({ settings }) => [...settings])).toEqual([]);
  });

  it("shows every default as it is: without the number signs it says the same", async () => {
    const spoken = configTemplate().replaceAll(/^#(?=\w+ = |\[)/gm, "");
    const before = explainConfig(await new ConfigSite().load());

    const after = explainConfig(await new ConfigSite().write("project", spoken).load());

    const hasDefault = before.filter(({ toml }) => toml !== undefined);
    const shown = after.filter(({ key }) => hasDefault.some((row) => row.key === key));
    expect(shown.map(({ key, toml }) => [key, toml])).toEqual(
      hasDefault.map(({ key, toml }) => [key, toml]),
    );
    expect(shown.filter(({ origin }) => origin.kind === "default")).toEqual([]);
  });

  it("names every key", () => {
    const names = [
      ...Object.keys(fixedKeys).map((id) => id.split(".").at(-1)),
      ...Object.keys(allTypeKeys),
    ];

    const missing = names.filter((name) => !new RegExp(`^#${name} = `, "m").test(configTemplate()));

    expect(missing).toEqual([]);
  });

  it("has no line too long for a terminal", () => {
    const long = configTemplate()
      .split("\n")
      .filter((line) => line.length > 100);

    expect(long).toEqual([]);
  });
});

it("finds the key of every row", async () => {
  const rows = explainConfig(await new ConfigSite().load());

  expect(rows.filter(({ key }) => findKey(key) === undefined)).toEqual([]);
});
