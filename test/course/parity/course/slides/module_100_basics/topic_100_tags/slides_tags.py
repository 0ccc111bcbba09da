# j2 from 'macros.j2' import header
# {{ header("Alle Tags", "All Tags") }}

# %% [markdown]
# markdown untagged both

# %%
value = "code untagged both"

# %% [raw]
# raw untagged both

# %% [markdown] lang="de"
# markdown untagged de

# %% lang="de"
value = "code untagged de"

# %% [raw] lang="de"
# raw untagged de

# %% [markdown] lang="en"
# markdown untagged en

# %% lang="en"
value = "code untagged en"

# %% [raw] lang="en"
# raw untagged en

# %% [markdown] tags=["slide"]
# markdown slide both

# %% tags=["slide"]
value = "code slide both"

# %% [raw] tags=["slide"]
# raw slide both

# %% [markdown] lang="de" tags=["slide"]
# markdown slide de

# %% lang="de" tags=["slide"]
value = "code slide de"

# %% [raw] lang="de" tags=["slide"]
# raw slide de

# %% [markdown] lang="en" tags=["slide"]
# markdown slide en

# %% lang="en" tags=["slide"]
value = "code slide en"

# %% [raw] lang="en" tags=["slide"]
# raw slide en

# %% [markdown] tags=["subslide"]
# markdown subslide both

# %% tags=["subslide"]
value = "code subslide both"

# %% [raw] tags=["subslide"]
# raw subslide both

# %% [markdown] lang="de" tags=["subslide"]
# markdown subslide de

# %% lang="de" tags=["subslide"]
value = "code subslide de"

# %% [raw] lang="de" tags=["subslide"]
# raw subslide de

# %% [markdown] lang="en" tags=["subslide"]
# markdown subslide en

# %% lang="en" tags=["subslide"]
value = "code subslide en"

# %% [raw] lang="en" tags=["subslide"]
# raw subslide en

# %% [markdown] tags=["notes"]
# markdown notes both

# %% tags=["notes"]
value = "code notes both"

# %% [raw] tags=["notes"]
# raw notes both

# %% [markdown] lang="de" tags=["notes"]
# markdown notes de

# %% lang="de" tags=["notes"]
value = "code notes de"

# %% [raw] lang="de" tags=["notes"]
# raw notes de

# %% [markdown] lang="en" tags=["notes"]
# markdown notes en

# %% lang="en" tags=["notes"]
value = "code notes en"

# %% [raw] lang="en" tags=["notes"]
# raw notes en

# %% [markdown] tags=["private"]
# markdown private both

# %% tags=["private"]
value = "code private both"

# %% [raw] tags=["private"]
# raw private both

# %% [markdown] lang="de" tags=["private"]
# markdown private de

# %% lang="de" tags=["private"]
value = "code private de"

# %% [raw] lang="de" tags=["private"]
# raw private de

# %% [markdown] lang="en" tags=["private"]
# markdown private en

# %% lang="en" tags=["private"]
value = "code private en"

# %% [raw] lang="en" tags=["private"]
# raw private en

# %% [markdown] tags=["alt"]
# markdown alt both

# %% tags=["alt"]
value = "code alt both"

# %% [raw] tags=["alt"]
# raw alt both

# %% [markdown] lang="de" tags=["alt"]
# markdown alt de

# %% lang="de" tags=["alt"]
value = "code alt de"

# %% [raw] lang="de" tags=["alt"]
# raw alt de

# %% [markdown] lang="en" tags=["alt"]
# markdown alt en

# %% lang="en" tags=["alt"]
value = "code alt en"

# %% [raw] lang="en" tags=["alt"]
# raw alt en

# %% [markdown] tags=["del"]
# markdown del both

# %% tags=["del"]
value = "code del both"

# %% [raw] tags=["del"]
# raw del both

# %% [markdown] lang="de" tags=["del"]
# markdown del de

# %% lang="de" tags=["del"]
value = "code del de"

# %% [raw] lang="de" tags=["del"]
# raw del de

# %% [markdown] lang="en" tags=["del"]
# markdown del en

# %% lang="en" tags=["del"]
value = "code del en"

# %% [raw] lang="en" tags=["del"]
# raw del en

# %% tags=["keep"]
value = "code keep both"

# %% lang="de" tags=["keep"]
value = "code keep de"

# %% lang="en" tags=["keep"]
value = "code keep en"

# %% tags=["start"]
value = "code start both"

# %% lang="de" tags=["start"]
value = "code start de"

# %% lang="en" tags=["start"]
value = "code start en"

# %% [markdown] tags=["answer"]
# markdown answer both

# %% [markdown] lang="de" tags=["answer"]
# markdown answer de

# %% [markdown] lang="en" tags=["answer"]
# markdown answer en

# %% [markdown] tags=["slide", "alt"]
# markdown slide,alt both

# %% tags=["slide", "alt"]
value = "code slide,alt both"

# %% [raw] tags=["slide", "alt"]
# raw slide,alt both

# %% [markdown] lang="de" tags=["slide", "alt"]
# markdown slide,alt de

# %% lang="de" tags=["slide", "alt"]
value = "code slide,alt de"

# %% [raw] lang="de" tags=["slide", "alt"]
# raw slide,alt de

# %% [markdown] lang="en" tags=["slide", "alt"]
# markdown slide,alt en

# %% lang="en" tags=["slide", "alt"]
value = "code slide,alt en"

# %% [raw] lang="en" tags=["slide", "alt"]
# raw slide,alt en

# %% tags=["slide", "keep"]
value = "code slide,keep both"

# %% lang="de" tags=["slide", "keep"]
value = "code slide,keep de"

# %% lang="en" tags=["slide", "keep"]
value = "code slide,keep en"

# %% [markdown] tags=["notes", "alt"]
# markdown notes,alt both

# %% tags=["notes", "alt"]
value = "code notes,alt both"

# %% [raw] tags=["notes", "alt"]
# raw notes,alt both

# %% [markdown] lang="de" tags=["notes", "alt"]
# markdown notes,alt de

# %% lang="de" tags=["notes", "alt"]
value = "code notes,alt de"

# %% [raw] lang="de" tags=["notes", "alt"]
# raw notes,alt de

# %% [markdown] lang="en" tags=["notes", "alt"]
# markdown notes,alt en

# %% lang="en" tags=["notes", "alt"]
value = "code notes,alt en"

# %% [raw] lang="en" tags=["notes", "alt"]
# raw notes,alt en

# %% tags=["start", "alt"]
value = "code start,alt both"

# %% lang="de" tags=["start", "alt"]
value = "code start,alt de"

# %% lang="en" tags=["start", "alt"]
value = "code start,alt en"

# %% tags=["del", "keep"]
value = "code del,keep both"

# %% lang="de" tags=["del", "keep"]
value = "code del,keep de"

# %% lang="en" tags=["del", "keep"]
value = "code del,keep en"

# %% [markdown] tags=["slide", "answer"]
# markdown slide,answer both

# %% [markdown] lang="de" tags=["slide", "answer"]
# markdown slide,answer de

# %% [markdown] lang="en" tags=["slide", "answer"]
# markdown slide,answer en
