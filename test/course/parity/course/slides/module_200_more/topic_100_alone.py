# j2 from 'macros.j2' import header
# {{ header("Für sich", "Alone") }}

# %% [markdown]
# <img src="img/dot.png" alt="A dot">

# %%
import beside

beside.name
