"""A walk of random steps in the plane, and its picture."""

import random

directions = [(1, 0), (-1, 0), (0, 1), (0, -1)]


def walk(steps, seed):
    generator = random.Random(seed)
    x, y = 0, 0
    places = [(x, y)]
    for _ in range(steps):
        dx, dy = generator.choice(directions)
        x, y = x + dx, y + dy
        places.append((x, y))
    return places


class Trail:
    """Walks as lines of different colours, all from one point."""

    colours = ["#e63946", "#457b9d", "#2a9d8f", "#f4a261", "#8d6cab"]

    def __init__(self, *walks):
        self.walks = walks

    def _repr_svg_(self):
        places = [place for walk in self.walks for place in walk]
        left, top = min(x for x, _ in places) - 2, min(y for _, y in places) - 2
        width = max(x for x, _ in places) - left + 2
        height = max(y for _, y in places) - top + 2
        lines = "".join(self._line(at, walk) for at, walk in enumerate(self.walks))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="480" viewBox="{left} {top} {width} {height}">'
            f'{lines}<circle cx="0" cy="0" r="0.7" fill="#888"/></svg>'
        )

    def _line(self, at, walk):
        points = " ".join(f"{x},{y}" for x, y in walk)
        colour = self.colours[at % len(self.colours)]
        return (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="0.3" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
