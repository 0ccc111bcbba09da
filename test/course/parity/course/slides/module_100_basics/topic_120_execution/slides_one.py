# j2 from 'macros.j2' import header
# {{ header("Ausführung", "Execution") }}

# %% [markdown]
# Text *with* emphasis, `code`, $a^2$ and a trailing space. 
#
# Another paragraph.

# %%
import os
import helper

# %%
def total(numbers):
    """The sum of numbers."""

    result = 0
    for number in numbers:
        result += number
    return result


# %% tags=["keep"]
total(helper.numbers())

# %% tags=["alt"]
print(os.path.exists("slides_two.py"), sorted(os.listdir("data")))

# %% lang="de"
print("auf Deutsch")

# %% lang="en"
print("in English")

# %% tags=["start"]
total = None
print("where readers start")

# %%
import slides_two

slides_two.answer()

# %%

# %% [markdown] tags=["notes"]
# Say it slowly.
