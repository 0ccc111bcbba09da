# j2 from 'macros.j2' import header
# {{ header("Das Spiel des Lebens", "The Game of Life") }}

# %% [markdown] lang="de" tags=["slide"]
# ## Drei Regeln
#
# <img src="img/cell.png" alt="Eine Zelle ist tot oder lebt" style="width: 20em">

# %% [markdown] lang="en" tags=["slide"]
# ## Three Rules
#
# <img src="img/cell.png" alt="A cell is dead or alive" style="width: 20em">

# %% [markdown] lang="de" tags=["subslide"]
# ## Eine Generation
#
# <img src="img/generation.png" alt="Die Welt fragt jede Zelle" style="height: 24em">

# %% [markdown] lang="en" tags=["subslide"]
# ## One Generation
#
# <img src="img/generation.png" alt="The world asks each cell" style="height: 24em">

# %% [markdown] lang="de" tags=["subslide"]
# ## Als Programm
#
# <img src="img/round.png" alt="Alle Zellen der Reihe nach" style="height: 24em">

# %% [markdown] lang="en" tags=["subslide"]
# ## As a Program
#
# <img src="img/round.png" alt="All cells, one after the other" style="height: 24em">

# %% tags=["keep"]
from life import World, glider, next_generation

# %%
World(glider)

# %% [markdown] lang="de"
# Vier Generationen später:

# %% [markdown] lang="en"
# Four generations later:

# %%
cells = glider
for _ in range(4):
    cells = next_generation(cells)

World(cells)

# %% [markdown] lang="de" tags=["answer"]
# Er sieht aus wie vorher und ist ein Feld weiter: ein *Gleiter*.

# %% [markdown] lang="en" tags=["answer"]
# It looks as before and is one field further: a *glider*.

# %%
cells == {(x + 1, y + 1) for x, y in glider}

# %% tags=["private"]
# To try with the next group: a glider gun.
len(cells)
