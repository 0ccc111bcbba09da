# j2 from 'macros.j2' import header
# {{ header("Das Zweite", "The Second") }}

# %%
def answer():
    return 6 * 7


# %%
answer()
