# j2 from 'macros.j2' import header
# {{ header("Zufall, der sich wiederholt", "Chance That Repeats Itself") }}

# %% [markdown] lang="de" tags=["slide"]
# ## Derselbe Anfang, dieselbe Folge
#
# Ein Zufallsgenerator rechnet. Wer mit derselben Zahl beginnt, bekommt dieselbe Folge:
# gut für Experimente, **schlecht für Passwörter**.

# %% [markdown] lang="en" tags=["slide"]
# ## The Same Start, the Same Sequence
#
# A generator of random numbers computes. Whoever starts with the same number gets the same
# sequence: good for experiments, **bad for passwords**.

# %% tags=["keep"]
import random

# %%
[random.Random(42).randint(1, 6) for _ in range(3)]

# %%
generator = random.Random(42)
[generator.randint(1, 6) for _ in range(10)]

# %% [markdown] lang="de" tags=["subslide"]
# Warum stehen oben drei gleiche Zahlen?

# %% [markdown] lang="en" tags=["subslide"]
# Why are there three equal numbers above?

# %% [markdown] lang="de" tags=["answer"]
# Dort beginnt jedes Mal ein neuer Generator von vorn.

# %% [markdown] lang="en" tags=["answer"]
# There a new generator starts from the beginning each time.
