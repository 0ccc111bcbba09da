import { expect, it } from "vitest";
import { NotebookSite } from "../support/notebook-site.ts";

/** It has something for everybody, and something for speakers alone. */
export const otherNotebook = `# %% [markdown] tags=["notes"]
# NOTES

# %% tags=["private"]
secret = "SECRET"

# %%
word = "shared"
`;

/** What holds of every kernel. */
export function itFindsOtherNotebooks(kernel: string): void {
  it("finds the other notebooks of its topic, without what only speakers may see", async () => {
    const site = await NotebookSite.open();
    const path = site.write("slides_other.py", otherNotebook);

    await site.publish(
      "# %%\nimport slides_other\nprint(slides_other.word, vars(slides_other).get('secret'))\nprint(open('slides_other.py').read())",
      { kernel, siblings: [{ relative: "slides_other.py", path }] },
    );

    expect(site.outputs()).toContain("shared None");
    expect(site.outputs()).not.toMatch(/SECRET|NOTES/);
  });
}
