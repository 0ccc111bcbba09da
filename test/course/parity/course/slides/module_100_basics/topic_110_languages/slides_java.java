// j2 from 'macros.j2' import header
// %% [markdown] lang="de" tags=["slide"]
// {{ header("Tags/Java = 100%", "Tags/Java = 100%") }}

// %% [markdown]
// markdown untagged both

// %%
const code_untagged_both = 1;

// %% [raw]
// raw untagged both

// %% [markdown] lang="de"
// markdown untagged de

// %% lang="de"
const code_untagged_de = 1;

// %% [raw] lang="de"
// raw untagged de

// %% [markdown] lang="en"
// markdown untagged en

// %% lang="en"
const code_untagged_en = 1;

// %% [raw] lang="en"
// raw untagged en

// %% [markdown] tags=["slide"]
// markdown slide both

// %% tags=["slide"]
const code_slide_both = 1;

// %% [raw] tags=["slide"]
// raw slide both

// %% [markdown] lang="de" tags=["slide"]
// markdown slide de

// %% lang="de" tags=["slide"]
const code_slide_de = 1;

// %% [raw] lang="de" tags=["slide"]
// raw slide de

// %% [markdown] lang="en" tags=["slide"]
// markdown slide en

// %% lang="en" tags=["slide"]
const code_slide_en = 1;

// %% [raw] lang="en" tags=["slide"]
// raw slide en

// %% [markdown] tags=["subslide"]
// markdown subslide both

// %% tags=["subslide"]
const code_subslide_both = 1;

// %% [raw] tags=["subslide"]
// raw subslide both

// %% [markdown] lang="de" tags=["subslide"]
// markdown subslide de

// %% lang="de" tags=["subslide"]
const code_subslide_de = 1;

// %% [raw] lang="de" tags=["subslide"]
// raw subslide de

// %% [markdown] lang="en" tags=["subslide"]
// markdown subslide en

// %% lang="en" tags=["subslide"]
const code_subslide_en = 1;

// %% [raw] lang="en" tags=["subslide"]
// raw subslide en

// %% [markdown] tags=["notes"]
// markdown notes both

// %% tags=["notes"]
const code_notes_both = 1;

// %% [raw] tags=["notes"]
// raw notes both

// %% [markdown] lang="de" tags=["notes"]
// markdown notes de

// %% lang="de" tags=["notes"]
const code_notes_de = 1;

// %% [raw] lang="de" tags=["notes"]
// raw notes de

// %% [markdown] lang="en" tags=["notes"]
// markdown notes en

// %% lang="en" tags=["notes"]
const code_notes_en = 1;

// %% [raw] lang="en" tags=["notes"]
// raw notes en

// %% [markdown] tags=["private"]
// markdown private both

// %% tags=["private"]
const code_private_both = 1;

// %% [raw] tags=["private"]
// raw private both

// %% [markdown] lang="de" tags=["private"]
// markdown private de

// %% lang="de" tags=["private"]
const code_private_de = 1;

// %% [raw] lang="de" tags=["private"]
// raw private de

// %% [markdown] lang="en" tags=["private"]
// markdown private en

// %% lang="en" tags=["private"]
const code_private_en = 1;

// %% [raw] lang="en" tags=["private"]
// raw private en

// %% [markdown] tags=["alt"]
// markdown alt both

// %% tags=["alt"]
const code_alt_both = 1;

// %% [raw] tags=["alt"]
// raw alt both

// %% [markdown] lang="de" tags=["alt"]
// markdown alt de

// %% lang="de" tags=["alt"]
const code_alt_de = 1;

// %% [raw] lang="de" tags=["alt"]
// raw alt de

// %% [markdown] lang="en" tags=["alt"]
// markdown alt en

// %% lang="en" tags=["alt"]
const code_alt_en = 1;

// %% [raw] lang="en" tags=["alt"]
// raw alt en

// %% [markdown] tags=["del"]
// markdown del both

// %% tags=["del"]
const code_del_both = 1;

// %% [raw] tags=["del"]
// raw del both

// %% [markdown] lang="de" tags=["del"]
// markdown del de

// %% lang="de" tags=["del"]
const code_del_de = 1;

// %% [raw] lang="de" tags=["del"]
// raw del de

// %% [markdown] lang="en" tags=["del"]
// markdown del en

// %% lang="en" tags=["del"]
const code_del_en = 1;

// %% [raw] lang="en" tags=["del"]
// raw del en

// %% tags=["keep"]
const code_keep_both = 1;

// %% lang="de" tags=["keep"]
const code_keep_de = 1;

// %% lang="en" tags=["keep"]
const code_keep_en = 1;

// %% tags=["start"]
const code_start_both = 1;

// %% lang="de" tags=["start"]
const code_start_de = 1;

// %% lang="en" tags=["start"]
const code_start_en = 1;

// %% [markdown] tags=["answer"]
// markdown answer both

// %% [markdown] lang="de" tags=["answer"]
// markdown answer de

// %% [markdown] lang="en" tags=["answer"]
// markdown answer en

// %% [markdown] tags=["slide", "alt"]
// markdown slide,alt both

// %% tags=["slide", "alt"]
const code_slide_alt_both = 1;

// %% [raw] tags=["slide", "alt"]
// raw slide,alt both

// %% [markdown] lang="de" tags=["slide", "alt"]
// markdown slide,alt de

// %% lang="de" tags=["slide", "alt"]
const code_slide_alt_de = 1;

// %% [raw] lang="de" tags=["slide", "alt"]
// raw slide,alt de

// %% [markdown] lang="en" tags=["slide", "alt"]
// markdown slide,alt en

// %% lang="en" tags=["slide", "alt"]
const code_slide_alt_en = 1;

// %% [raw] lang="en" tags=["slide", "alt"]
// raw slide,alt en

// %% tags=["slide", "keep"]
const code_slide_keep_both = 1;

// %% lang="de" tags=["slide", "keep"]
const code_slide_keep_de = 1;

// %% lang="en" tags=["slide", "keep"]
const code_slide_keep_en = 1;

// %% [markdown] tags=["notes", "alt"]
// markdown notes,alt both

// %% tags=["notes", "alt"]
const code_notes_alt_both = 1;

// %% [raw] tags=["notes", "alt"]
// raw notes,alt both

// %% [markdown] lang="de" tags=["notes", "alt"]
// markdown notes,alt de

// %% lang="de" tags=["notes", "alt"]
const code_notes_alt_de = 1;

// %% [raw] lang="de" tags=["notes", "alt"]
// raw notes,alt de

// %% [markdown] lang="en" tags=["notes", "alt"]
// markdown notes,alt en

// %% lang="en" tags=["notes", "alt"]
const code_notes_alt_en = 1;

// %% [raw] lang="en" tags=["notes", "alt"]
// raw notes,alt en

// %% tags=["start", "alt"]
const code_start_alt_both = 1;

// %% lang="de" tags=["start", "alt"]
const code_start_alt_de = 1;

// %% lang="en" tags=["start", "alt"]
const code_start_alt_en = 1;

// %% tags=["del", "keep"]
const code_del_keep_both = 1;

// %% lang="de" tags=["del", "keep"]
const code_del_keep_de = 1;

// %% lang="en" tags=["del", "keep"]
const code_del_keep_en = 1;

// %% [markdown] tags=["slide", "answer"]
// markdown slide,answer both

// %% [markdown] lang="de" tags=["slide", "answer"]
// markdown slide,answer de

// %% [markdown] lang="en" tags=["slide", "answer"]
// markdown slide,answer en
