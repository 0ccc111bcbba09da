"""Throws dice, and draws how often each sum came."""

import csv
import random
from collections import Counter


def throw_two(times, seed=1):
    generator = random.Random(seed)
    return Counter(generator.randint(1, 6) + generator.randint(1, 6) for _ in range(times))


def read_counts(path):
    with open(path, newline="", encoding="utf-8") as file:
        return Counter({int(row["sum"]): int(row["count"]) for row in csv.DictReader(file)})


class Bars:
    """A bar for each sum; a notebook shows it as a picture."""

    def __init__(self, counts, title):
        self.counts = counts
        self.title = title

    def _repr_svg_(self):
        total = sum(self.counts.values())
        most = max(self.counts.values())
        bars = "".join(self._bar(value, total, most) for value in range(2, 13))
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240" viewBox="0 0 600 240" '
            'font-family="sans-serif" font-size="13" text-anchor="middle">'
            f'<text x="300" y="20" font-size="16" fill="#457b9d">{self.title}</text>{bars}</svg>'
        )

    def _bar(self, value, total, most):
        count = self.counts[value]
        height = 150 * count / most
        x, y = 20 + 51 * (value - 2), 205 - height
        return (
            f'<rect x="{x}" y="{y:.1f}" width="40" height="{height:.1f}" rx="4" fill="#457b9d"/>'
            f'<text x="{x + 20}" y="{y - 6:.1f}" fill="#888">{100 * count / total:.0f} %</text>'
            f'<text x="{x + 20}" y="225" fill="#888">{value}</text>'
        )
