# j2 from 'macros.j2' import header
# {{ header("Wie Kaninchen sich vermehren", "How Rabbits Multiply") }}

# %% [markdown] lang="de" tags=["slide"]
# ## Eine Wiese
#
# <img src="img/meadow.png" alt="Gras nährt Kaninchen; zu viele werden hungrig" style="width: 34em">

# %% [markdown] lang="en" tags=["slide"]
# ## A Meadow
#
# <img src="img/meadow.png" alt="Grass feeds rabbits; too many get hungry" style="width: 34em">

# %% [markdown] lang="de" tags=["subslide"]
# ## Im Winter
#
# <img src="img/meadow-Winter.png" alt="Schnee deckt das Gras zu" style="width: 34em">

# %% [markdown] lang="en" tags=["subslide"]
# ## In Winter
#
# <img src="img/meadow-Winter.png" alt="Snow hides the grass" style="width: 34em">

# %% [markdown] lang="de" tags=["slide"]
# ## Zwei Modelle
#
# Ungebremst wächst die Zahl mit jedem Jahr um denselben Anteil:
# $$x_{n+1} = (1 + r)\, x_n$$
#
# Auf einer Wiese für $K$ Kaninchen wird der Zuwachs kleiner, je voller sie ist:
# $$x_{n+1} = x_n + r\, x_n \left(1 - \frac{x_n}{K}\right)$$

# %% [markdown] lang="en" tags=["slide"]
# ## Two Models
#
# Without limits the number grows by the same share each year:
# $$x_{n+1} = (1 + r)\, x_n$$
#
# On a meadow for $K$ rabbits growth gets smaller the fuller it is:
# $$x_{n+1} = x_n + r\, x_n \left(1 - \frac{x_n}{K}\right)$$

# %% [markdown] tags=["subslide"]
# <img src="img/model.png" alt="Model, Exponential, Logistic, Simulation" style="width: 26em">

# %% tags=["keep"]
from population import Curves, Exponential, Logistic, read_counted, run

# %% [markdown] lang="de" tags=["slide"]
# ## Gezählt und gerechnet

# %% [markdown] lang="en" tags=["slide"]
# ## Counted and Computed

# %%
counted = read_counted("data/rabbits.csv")
counted

# %% tags=["start"]
free = ...
limited = ...

# %% tags=["alt"]
free = run(Exponential(rate=0.8), start=12, years=10)
limited = run(Logistic(rate=0.85, capacity=200), start=12, years=10)

# %%
Curves(counted, exponential=free, logistic=limited)

# %% [markdown] lang="de" tags=["notes"]
# Die Punkte liegen fast auf der grünen Kurve. Nach dem Jahr fragen, in dem die rote davonläuft.

# %% [markdown] lang="en" tags=["notes"]
# The dots are almost on the green curve. Ask for the year in which the red one runs away.

# %% [markdown] lang="de"
# Welches Modell passt?

# %% [markdown] lang="en"
# Which model fits?

# %% [markdown] lang="de" tags=["answer"]
# Das logistische: Ab dem fünften Jahr wird die Wiese eng.

# %% [markdown] lang="en" tags=["answer"]
# The logistic one: from the fifth year on the meadow gets crowded.
