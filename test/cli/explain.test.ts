import { describe, expect, it } from "vitest";
import { errorFacts } from "../../src/domain/errors.ts";
import { ClxSite } from "../support/clx.ts";

describe("an error", () => {
  it("names its code and the command that explains it, without --verbose", async () => {
    const site = new ClxSite();

    const { code, stderr } = await site.run(["tasks", "show", "none"]);

    expect(code).toBe(3);
    expect(stderr).toMatch(/^clx: there is no database at .* \(clx explain store_missing\)\n$/);
  });

  it("is explained by the command that it names: what it means and what to do", async () => {
    const site = new ClxSite();
    const { stderr } = await site.run(["tsks", "list"]);
    const [, ...words] = /\((clx explain \w+)\)/.exec(stderr)?.[1]?.split(" ") ?? [];

    const explained = await site.ok(...words);

    expect(explained).toMatch(/^usage: The command line .*\nWhat to do: .*\nExit code 2; HTTP/);
  });

  it("that has several lines names its code below them", async () => {
    const site = new ClxSite();
    site.writeConfig("[workers]\nauto_strat = true\nreuse_wrokers = 1\n");

    const { stderr } = await site.run(["tasks", "list"]);

    expect(stderr.split("\n").at(-2)).toBe("(clx explain invalid_config)");
  });
});

describe("clx explain", () => {
  it("lists every code, and so does its JSON", async () => {
    const site = new ClxSite();

    const lines = (await site.ok("explain")).split("\n");
    const { errors } = await site.json<{ errors: { code: string }[] }>("explain");

    expect(lines).toHaveLength(Object.keys(errorFacts).length + 1);
    expect(errors.map(({ code }) => code)).toEqual(Object.keys(errorFacts));
  });

  it("gives one code as JSON, with its exit code and HTTP status", async () => {
    const site = new ClxSite();

    expect(await site.json("explain", "store_full")).toEqual({
      ...{ code: "store_full", exit_code: 3, http_status: 507 },
      ...{ meaning: expect.any(String), what_to_do: expect.any(String) },
    });
  });

  it("offers the nearest code, and works where the configuration is wrong", async () => {
    const site = new ClxSite();
    site.writeConfig("nonsense");

    const { code, stderr } = await site.run(["explain", "stor_busy"]);

    expect(code).toBe(2);
    expect(stderr).toContain("did you mean store_busy?");
  });
});
