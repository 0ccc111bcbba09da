# j2 from 'macros.j2' import header
# {{ header("Würfeln", "Throwing Dice") }}

# %% [markdown] lang="de" tags=["slide"]
# ## Zwei Würfel, eine Summe
#
# ![Die sechs Seiten eines Würfels](img/pips.svg)
#
# Alle Seiten eines Würfels sind gleich wahrscheinlich.
# **Gilt das auch für die Summe von zweien?**

# %% [markdown] lang="en" tags=["slide"]
# ## Two Dice, One Sum
#
# ![The six faces of a die](img/pips.svg)
#
# All faces of a die are equally likely.
# **Is that true of the sum of two as well?**

# %% [markdown] lang="de" tags=["notes"]
# Erst abstimmen lassen: Welche Summe kommt am häufigsten? Stimmen an die Tafel schreiben.

# %% [markdown] lang="en" tags=["notes"]
# Take a vote first: which sum comes most often? Write the votes on the board.

# %% [markdown] lang="de" tags=["subslide"]
# ## Das Experiment
#
# <img src="img/experiment.png" alt="Ablauf: werfen, zählen, zeichnen" style="height: 22em">

# %% [markdown] lang="en" tags=["subslide"]
# ## The Experiment
#
# <img src="img/experiment.png" alt="Flow: throw, count, draw" style="height: 22em">

# %% tags=["keep"]
from dice import Bars, read_counts, throw_two

# %% [markdown] lang="de" tags=["slide"]
# ## Hundert Würfe von Hand
#
# Eine Klasse hat hundertmal gewürfelt und mitgeschrieben.

# %% [markdown] lang="en" tags=["slide"]
# ## A Hundred Throws by Hand
#
# A class threw a hundred times, and kept count.

# %% tags=["keep"]
by_hand = read_counts("data/class-experiment.csv")
by_hand.total()

# %%
Bars(by_hand, "100 throws")

# %% [markdown] lang="de" tags=["slide"]
# ## Zehntausend Würfe von Python

# %% [markdown] lang="en" tags=["slide"]
# ## Ten Thousand Throws by Python

# %% tags=["start"]
throws = ...

# %% tags=["alt"]
throws = throw_two(10_000)

# %%
Bars(throws, "10,000 throws")

# %% [markdown] lang="de" tags=["slide"]
# ## Warum die Sieben?
#
# Es gibt $6 \cdot 6 = 36$ Würfe, und sechs davon haben die Summe 7:
#
# $$P(S = 7) = \frac{6}{36} = \frac{1}{6} \approx 16{,}7\,\%$$
#
# Wie oft kam sie wirklich?

# %% [markdown] lang="en" tags=["slide"]
# ## Why Seven?
#
# There are $6 \cdot 6 = 36$ throws, and six of them sum to 7:
#
# $$P(S = 7) = \frac{6}{36} = \frac{1}{6} \approx 16.7\,\%$$
#
# How often did it really come?

# %% [markdown] lang="de" tags=["answer"]
# Fast genau so oft. Je mehr Würfe, desto näher kommt der Anteil der Wahrscheinlichkeit.

# %% [markdown] lang="en" tags=["answer"]
# Almost exactly as often. The more throws, the closer the share comes to the probability.

# %%
throws[7] / throws.total()

# %% tags=["private"]
# For whoever changes dice.py: this must hold, and no participant sees it.
assert 0.155 < throws[7] / throws.total() < 0.18

# %% tags=["del"]
# An idea that did not work out. Nobody gets this cell.
throws.most_common(3)
