import { describe, expect, it } from "vitest";
import { CourseBuildSite, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

/** What only speakers may read; each word stands in one cell alone. */
const secrets = [
  "NOTES-EN",
  "NOTES-DE",
  "PRIVATE-TEXT",
  "PRIVATE-CODE",
  "PRIVATE-OUTPUT-42",
  "NOTES-CODE",
  "KEPT-PRIVATE",
  "ANSWERED-PRIVATE",
  "STARTED-PRIVATE",
  "RAW-PRIVATE",
];
const forNobody = ["DELETED-TEXT", "DELETED-CODE"];

const notebook = `# j2 from 'macros.j2' import header
# {{ header("Listen", "Lists") }}

# %% [markdown] lang="en" tags=["notes"]
# NOTES-EN

# %% [markdown] lang="de" tags=["slide", "notes"]
# NOTES-DE

# %% [markdown] tags=["private"]
# PRIVATE-TEXT

# %% tags=["private"]
secret = "PRIVATE-CODE"
print("PRIVATE-OUTPUT-" + str(6 * 7))

# %% tags=["notes"]
note = "NOTES-CODE"

# %% tags=["keep", "private"]
"KEPT-PRIVATE"

# %% [markdown] tags=["answer", "private"]
# ANSWERED-PRIVATE

# %% tags=["start", "private"]
"STARTED-PRIVATE"

# %% [raw] tags=["private"]
RAW-PRIVATE

# %% [markdown] tags=["del"]
# DELETED-TEXT

# %% tags=["del"]
"DELETED-CODE"

# %% [markdown]
# FOR-EVERYBODY

# %% tags=["keep"]
"KEPT"
`;

const kindsOf = ["code-along", "completed", "speaker"] as const;
const combinations = [1, 2, 3, 4, 5, 6, 7].map((bits) =>
  kindsOf.filter((_, at) => (bits & (1 << at)) !== 0),
);

function siteWith(targets: string): CourseBuildSite {
  return new CourseBuildSite({
    "course.yaml": `name: { de: Kurs, en: Course }
prog-lang: python
sections:
  - name: { de: Eins, en: One }
    topics: [lists]
${targets}`,
    [`${topicFolder}/slides_lists.py`]: notebook,
  });
}

function wordsIn(site: CourseBuildSite, folder: string, words: readonly string[]) {
  const texts = site.tree(folder).map((path) => site.read(`${folder}/${path}`));
  return words.filter((word) => texts.some((text) => text.includes(word)));
}

describe("what is for speakers alone", () => {
  it.each(combinations.map((kinds) => [kinds.join(","), kinds] as const))(
    "does not reach readers when %s is built, all in one run",
    { timeout: 90_000 },
    async (list, kinds) => {
      const targets = kindsOf
        .map((kind) => `  - { name: ${kind}, path: out/${kind}, kinds: [${kind}] }`)
        .join("\n");
      const site = siteWith(`targets:\n${targets}\n`);

      const { code, stderr } = await site.build("--kinds", list);

      expect(stderr).not.toContain("failed");
      expect(code).toBe(0);
      for (const kind of kindsOf) {
        const folder = `out/${kind}`;
        const isBuilt = kinds.includes(kind);
        expect(site.tree(folder).length > 0).toBe(isBuilt);
        expect(wordsIn(site, folder, forNobody)).toEqual([]);
        if (!isBuilt) continue;
        expect(wordsIn(site, folder, ["FOR-EVERYBODY", "KEPT"])).toHaveLength(2);
        if (kind !== "speaker") expect(wordsIn(site, folder, secrets)).toEqual([]);
      }
    },
  );

  it("is told to speakers", { timeout: 90_000 }, async () => {
    const site = siteWith("");

    expect(await site.build()).toMatchObject({ code: 0 });

    expect(
      wordsIn(
        site,
        "output/speaker",
        secrets.filter((word) => word !== "STARTED-PRIVATE"),
      ),
    ).toHaveLength(secrets.length - 1);
    expect(wordsIn(site, "output/public", secrets)).toEqual([]);
    expect(wordsIn(site, "output/public", ["FOR-EVERYBODY"])).toHaveLength(1);
  });

  it("stays where it is when a target that was for speakers is for everybody", {
    timeout: 90_000,
  }, async () => {
    const site = siteWith("targets: [{ name: t, path: out, kinds: [speaker], languages: [en] }]\n");
    await site.build();
    expect(wordsIn(site, "out", secrets).length).toBeGreaterThan(5);
    const spec = site.read("course.yaml").replace("speaker", "completed");
    site.write("course.yaml", spec);

    expect(await site.build()).toMatchObject({ code: 0 });

    expect(wordsIn(site, "out", ["FOR-EVERYBODY"])).toHaveLength(1);
    expect(wordsIn(site, "out", secrets)).toEqual([]);
  });
});
