"""Conway's Game of Life on an endless plane."""

from collections import Counter

glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}


def neighbours(x, y):
    return [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]


def next_generation(cells):
    counts = Counter(place for x, y in cells for place in neighbours(x, y))
    return {place for place, count in counts.items() if count == 3 or count == 2 and place in cells}


class World:
    """A part of the plane, as a notebook shows it."""

    def __init__(self, cells, size=12):
        self.cells = cells
        self.size = size

    def _repr_html_(self):
        rows = "".join(
            "<tr>" + "".join(self._cell(x, y) for x in range(self.size)) + "</tr>"
            for y in range(self.size)
        )
        return f'<table style="border-collapse: collapse">{rows}</table>'

    def _cell(self, x, y):
        colour = "#2a9d8f" if (x, y) in self.cells else "transparent"
        return (
            '<td style="width: 1.1em; height: 1.1em; padding: 0; border: 1px solid #8886; '
            f'background: {colour}"></td>'
        )
