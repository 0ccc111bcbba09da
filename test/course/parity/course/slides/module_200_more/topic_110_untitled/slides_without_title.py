# %% [markdown] lang="en"
# English alone

# %% [markdown] lang="de"
# Deutsch allein

# %%
1 + 1
