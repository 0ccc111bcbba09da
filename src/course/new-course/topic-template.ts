/** The first topic of a new course, by path below its folder: one of everything. */
export const topicTemplate: Readonly<Record<string, string>> = {
  "slides_temperatures.py": `# j2 from 'macros.j2' import header
# {{ header("Temperaturen einer Woche", "A Week of Temperatures") }}

# %% [markdown] lang="de" tags=["slide"]
# ## Worum es geht
#
# Eine Datei, eine Woche Messwerte, drei Fragen:
#
# - Wie warm war es **im Mittel**?
# - Welcher Tag war der **wärmste**?
# - Wie sieht das **aus**?
#
# <img src="img/flow.png" alt="Von der Datei zum Bild" style="width: 60%">

# %% [markdown] lang="en" tags=["slide"]
# ## What This Is About
#
# One file, a week of readings, three questions:
#
# - How warm was it **on average**?
# - Which day was the **warmest**?
# - What does that **look like**?
#
# <img src="img/flow.png" alt="From the file to the picture" style="width: 60%">

# %% [markdown] lang="de" tags=["notes"]
# Fragen Sie zuerst nach Schätzungen. Nur Vortragende sehen diese Zelle.

# %% [markdown] lang="en" tags=["notes"]
# Ask for guesses first. Only speakers see this cell.

# %% tags=["keep"]
from weather import Chart, read_days

# %% [markdown] lang="de" tags=["subslide"]
# ## Lesen
#
# Das Modul \`weather.py\` liegt neben dem Notebook.

# %% [markdown] lang="en" tags=["subslide"]
# ## Reading
#
# The module \`weather.py\` is beside the notebook.

# %% tags=["keep"]
days = read_days("data/temperatures.csv")
days[:2]

# %% [markdown] lang="de" tags=["slide"]
# ## Das Mittel
#
# $$\\bar{t} = \\frac{1}{n} \\sum_{i=1}^{n} t_i$$
#
# Wie schreibt man das in Python?

# %% [markdown] lang="en" tags=["slide"]
# ## The Mean
#
# $$\\bar{t} = \\frac{1}{n} \\sum_{i=1}^{n} t_i$$
#
# How is that written in Python?

# %% [markdown] lang="de" tags=["answer"]
# Summe durch Anzahl: \`sum(...) / len(...)\`.

# %% [markdown] lang="en" tags=["answer"]
# The sum divided by the count: \`sum(...) / len(...)\`.

# %%
mean = sum(day.celsius for day in days) / len(days)
round(mean, 1)

# %% tags=["start"]
warmest = ...

# %% tags=["alt"]
warmest = max(days, key=lambda day: day.celsius)
warmest

# %% tags=["private"]
# Kept for whoever writes the course: it reaches no participant.
assert warmest.name == "Thu"

# %% [markdown] lang="de" tags=["slide"]
# ## Das Bild

# %% [markdown] lang="en" tags=["slide"]
# ## The Picture

# %%
Chart(days)

# %% [markdown] lang="de"
# <img src="img/plan.png" alt="Der Plan der Messstelle" style="width: 50%">

# %% [markdown] lang="en"
# <img src="img/plan.png" alt="The plan of the station" style="width: 50%">

# %% tags=["del"]
print("nobody gets this cell")
`,
  "weather.py": `"""Reads a week of temperatures, and draws it."""

import csv
from dataclasses import dataclass


@dataclass(frozen=True)
class Day:
    name: str
    celsius: float


def read_days(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [Day(row["day"], float(row["celsius"])) for row in csv.DictReader(file)]


class Chart:
    """A bar for each day; a notebook shows it as a picture."""

    def __init__(self, days):
        self.days = days

    def _repr_svg_(self):
        most = max(day.celsius for day in self.days)
        bars = "".join(self._bar(at, day, most) for at, day in enumerate(self.days))
        width = 60 * len(self.days)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="180" '
            f'viewBox="0 0 {width} 180" font-family="sans-serif" font-size="13" '
            f'text-anchor="middle">{bars}</svg>'
        )

    @staticmethod
    def _bar(at, day, most):
        height = 120 * day.celsius / most
        x, y = 60 * at, 150 - height
        return (
            f'<rect x="{x + 10}" y="{y:.1f}" width="40" height="{height:.1f}" rx="4" fill="#e07a5f"/>'
            f'<text x="{x + 30}" y="{y - 6:.1f}" fill="#888">{day.celsius:.1f}</text>'
            f'<text x="{x + 30}" y="170" fill="#888">{day.name}</text>'
        )
`,
  "data/temperatures.csv": `day,celsius
Mon,11.2
Tue,13.8
Wed,16.1
Thu,19.4
Fri,17.0
Sat,12.5
Sun,10.9
`,
  "pu/flow.puml": `@startuml
left to right direction
skinparam shadowing false
file "temperatures.csv" as csv
rectangle "read_days" as read
rectangle "mean, max" as count
rectangle "Chart" as chart
csv --> read
read --> count
read --> chart
@enduml
`,
  "drawio/plan.drawio": `<mxfile>
  <diagram name="Plan" id="plan">
    <mxGraphModel dx="600" dy="400" grid="1" page="1" pageWidth="600" pageHeight="400">
      <root>
        <mxCell id="0"/>
        <mxCell id="1" parent="0"/>
        <mxCell id="sensor" value="Sensor" style="ellipse;whiteSpace=wrap;html=1;fillColor=#f4d58d;strokeColor=#b08900;" vertex="1" parent="1">
          <mxGeometry x="40" y="60" width="120" height="70" as="geometry"/>
        </mxCell>
        <mxCell id="logger" value="Logger" style="rounded=1;whiteSpace=wrap;html=1;fillColor=#dae8fc;strokeColor=#6c8ebf;" vertex="1" parent="1">
          <mxGeometry x="240" y="65" width="120" height="60" as="geometry"/>
        </mxCell>
        <mxCell id="file" value="temperatures.csv" style="shape=document;whiteSpace=wrap;html=1;fillColor=#d5e8d4;strokeColor=#82b366;" vertex="1" parent="1">
          <mxGeometry x="440" y="55" width="140" height="80" as="geometry"/>
        </mxCell>
        <mxCell id="a" style="edgeStyle=orthogonalEdgeStyle;html=1;" edge="1" parent="1" source="sensor" target="logger">
          <mxGeometry relative="1" as="geometry"/>
        </mxCell>
        <mxCell id="b" style="edgeStyle=orthogonalEdgeStyle;html=1;" edge="1" parent="1" source="logger" target="file">
          <mxGeometry relative="1" as="geometry"/>
        </mxCell>
      </root>
    </mxGraphModel>
  </diagram>
</mxfile>
`,
};
