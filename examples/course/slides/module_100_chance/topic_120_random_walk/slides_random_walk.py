# j2 from 'macros.j2' import header
# {{ header("Irrfahrten", "Random Walks") }}

# %% [markdown] lang="de" tags=["slide"]
# ## An jeder Kreuzung ein Würfel
#
# <img src="img/crossing.png" alt="Vier Wege, jeder mit Wahrscheinlichkeit 1/4" style="width: 26em">

# %% [markdown] lang="en" tags=["slide"]
# ## A Die at Each Crossing
#
# <img src="img/crossing.png" alt="Four ways, each with probability 1/4" style="width: 26em">

# %% tags=["keep"]
from walk import Trail, walk

# %% [markdown] lang="de" tags=["slide"]
# ## Fünf Spaziergänge

# %% [markdown] lang="en" tags=["slide"]
# ## Five Walks

# %%
Trail(*(walk(400, seed) for seed in range(5)))

# %% [markdown] lang="de" tags=["slide"]
# ## Wie weit kommt man?
#
# Nach $n$ Schritten ist man im Mittel etwa $\sqrt{n}$ vom Anfang entfernt.

# %% [markdown] lang="en" tags=["slide"]
# ## How Far Does One Get?
#
# After $n$ steps one is about $\sqrt{n}$ away from the start, on average.

# %% [markdown] lang="de" tags=["notes"]
# Wer fragt, warum: Die Quadrate der Abstände wachsen mit jedem Schritt um eins.

# %% [markdown] lang="en" tags=["notes"]
# For those who ask why: the square of the distance grows by one with each step.

# %%
from math import hypot

for steps in [25, 100, 400]:
    ends = [walk(steps, seed)[-1] for seed in range(500)]
    mean = sum(hypot(x, y) for x, y in ends) / len(ends)
    print(f"{steps:4} steps: {mean:5.1f} away, and the root is {steps**0.5:.0f}")
