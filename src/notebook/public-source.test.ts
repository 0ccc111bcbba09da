import { describe, expect, it } from "vitest";
import { publicIpynb, publicSource } from "./public-source.ts";

describe("what others may see of a source", () => {
  it("is all but cells for speakers and deleted ones, and lines keep their numbers", () => {
    const source = `first = 1

# %% tags=["private"]
SECRET

# %% [markdown] lang="de" tags=["slide", "notes"]
# SECRET
#
# %% tags=["keep"]
kept = 1

# %% tags=["del"]
SECRET
`;

    const seen = publicSource(source, "python");

    expect(seen).not.toContain("SECRET");
    expect(seen.split("\n")).toHaveLength(source.split("\n").length);
    expect(seen.split("\n").map((line, at) => (line === "" ? "" : `${at + 1} ${line}`))).toEqual(
      source
        .split("\n")
        .map((line, at) => ([1, 9, 10].includes(at + 1) ? `${at + 1} ${line}` : "")),
    );
  });

  it("is the same of an .ipynb, and nothing of what is none", () => {
    const cell = (source: string, ...tags: readonly string[]) => ({
      ...{ cell_type: "code", source, metadata: { tags }, outputs: [] },
    });
    const text = JSON.stringify({ cells: [cell("open"), cell("SECRET", "keep", "private")] });

    expect(JSON.parse(publicIpynb(text))).toEqual({ cells: [cell("open")] });
    expect(publicIpynb("SECRET")).toBe("");
  });
});
