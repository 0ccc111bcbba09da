"""Two models of growth, and a chart that compares them with what was counted."""

import csv
from dataclasses import dataclass


@dataclass(frozen=True)
class Exponential:
    rate: float

    def step(self, size):
        return size * (1 + self.rate)


@dataclass(frozen=True)
class Logistic:
    rate: float
    capacity: float

    def step(self, size):
        return size + self.rate * size * (1 - size / self.capacity)


def run(model, start, years):
    sizes = [float(start)]
    for _ in range(years - 1):
        sizes.append(model.step(sizes[-1]))
    return sizes


def read_counted(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [int(row["rabbits"]) for row in csv.DictReader(file)]


class Curves:
    """Lines for models, dots for what was counted."""

    def __init__(self, counted, **models):
        self.counted = counted
        self.models = models

    def _repr_svg_(self):
        lines = "".join(
            self._line(colour, at, name, sizes)
            for at, (colour, (name, sizes)) in enumerate(
                zip(["#e63946", "#2a9d8f"], self.models.items(), strict=False)
            )
        )
        dots = "".join(
            f'<circle cx="{self._x(at):.1f}" cy="{self._y(size):.1f}" r="5" fill="#1d3557" stroke="#fff"/>'
            for at, size in enumerate(self.counted)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="300" viewBox="0 0 560 300" '
            'font-family="sans-serif" font-size="13">'
            '<path d="M40 20 V270 H540" fill="none" stroke="#888"/>'
            '<clipPath id="frame"><rect x="40" y="20" width="510" height="250"/></clipPath>'
            f'<g clip-path="url(#frame)">{lines}{dots}</g>{self._names()}</svg>'
        )

    def _line(self, colour, at, name, sizes):
        points = " ".join(f"{self._x(n):.1f},{self._y(size):.1f}" for n, size in enumerate(sizes))
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3"/>'

    def _names(self):
        pairs = zip(["#e63946", "#2a9d8f"], self.models, strict=False)
        return "".join(
            f'<text x="60" y="{40 + 20 * at}" fill="{colour}">{name}</text>'
            for at, (colour, name) in enumerate(pairs)
        )

    def _x(self, at):
        return 50 + at * 480 / (len(self.counted) - 1)

    def _y(self, size):
        return 270 - 230 * size / 220
