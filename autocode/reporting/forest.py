"""A forest plot as numbers to draw: a row a code, people and models as different signs, with their intervals.

Only places and words are decided here; `figures.svg.html` draws them. There are two drawings of one figure, a wide one
and one for narrow screens with the names above their lines, so that words never shrink with the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from autocode.data import Agreement, Coefficient, Data
from autocode.reporting.agreement_words import figure_words, model_name, row_name, rows_of

Shape = Literal["circle", "diamond", "square", "triangle"]
MODEL_SHAPES: tuple[Shape, ...] = ("diamond", "square", "triangle")

BOUNDS = ((0.667, "0.667"), (0.8, "0.80"))
"""The lines that Krippendorff draws."""
_LOWEST = -1.0
_STEP = 0.2


class Mark(Data):
    """A figure on its line: where its sign stands, and from where to where its interval goes."""

    shape: Shape
    series: int
    """0 for people, from 1 for models: the colour."""
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    cut: bool = False
    """Whether the interval goes on to the left of the drawing."""
    words: str
    """The figure with its interval, as it is printed."""


class Silent(Data):
    """A row's words where there is no figure to draw, beside the sign of those of whom there is none."""

    shape: Shape
    series: int
    x: float
    y: float
    words: str


class Row(Data):
    """The line of a code."""

    name: str
    full_name: str
    y: float
    """Of the name."""
    top: float
    height: float
    marks: tuple[Mark, ...]
    silent: tuple[Silent, ...]


class Tick(Data):
    """A line across the rows, with its number."""

    x: float
    words: str


class Legend(Data):
    """What a sign stands for."""

    shape: Shape
    series: int
    x: float
    y: float
    words: str


class Forest(Data):
    """A forest plot, in pixels."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    figures_at: float | None
    """Where figures stand in words beside the rows; None: above them."""
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    bounds: tuple[Tick, ...]
    legend: tuple[Legend, ...]
    bars: bool
    """Whether there is an interval to draw."""
    says: str
    """The figure in one sentence, for those who cannot see it."""


class _Layout(NamedTuple):
    width: float
    left: float
    right: float
    line: float
    """Between two marks of one row."""
    names_above: bool
    name_length: int
    legend_columns: int


WIDE = _Layout(width=900, left=250, right=720, line=18, names_above=False, name_length=34, legend_columns=3)
NARROW = _Layout(width=350, left=14, right=336, line=18, names_above=True, name_length=28, legend_columns=1)


def forest(agreement: Agreement, layout: _Layout = WIDE) -> Forest | None:
    """The forest plot of people and of each model beside them; None where there is not one figure to draw."""
    rows = rows_of(agreement)
    models = list(dict.fromkeys(model for row in rows for model in row.human_model))
    people = any(row.human.n_coders > 1 for row in rows)
    series: list[tuple[int, str]] = [(0, "people")] * people + list(enumerate(models, start=1))
    figures = [[(n, row.human if n == 0 else row.human_model.get(name)) for n, name in series] for row in rows]
    drawn = [f for line in figures for _, f in line if f is not None and _is_drawn(f)]
    if not drawn:
        return None
    x = _Scale(_lowest(drawn), layout)
    y = 30.0 + 18 * -(-len(series) // layout.legend_columns)
    top, made = y, []
    for row, line in zip(rows, figures, strict=True):
        shown = [(n, figure) for n, figure in line if figure is not None]
        made.append(_row(row_name(row), shown, y, x, layout))
        y += made[-1].height
    return Forest(
        width=layout.width,
        height=y + 26,
        top=top,
        bottom=y,
        left=layout.left,
        right=layout.right,
        figures_at=None if layout.names_above else layout.right + 18,
        rows=tuple(made),
        ticks=tuple(Tick(x=x(value), words=f"{value:.1f}") for value in x.ticks),
        bounds=tuple(Tick(x=x(value), words=words) for value, words in BOUNDS),
        bars=any(figure.low is not None for figure in drawn),
        legend=tuple(_legend(agreement, series, layout)),
        says=f"Alpha of {len(rows)} codes and groups with their 95 % intervals; the tables below hold the same.",
    )


def _is_drawn(figure: Coefficient) -> bool:
    return figure.status == "ok" and figure.alpha is not None


def _lowest(figures: Sequence[Coefficient]) -> float:
    """Where the scale begins: at 0, or a step below the lowest figure or interval, from -1 on."""
    ends = [value for f in figures for value in (f.alpha, f.low) if value is not None]
    lowest = 0.0
    while lowest > min(ends) and lowest > _LOWEST:
        lowest = round(lowest - _STEP, 1)
    return lowest


class _Scale:
    """From alpha to pixels."""

    def __init__(self, lowest: float, layout: _Layout) -> None:
        self.lowest, self._layout = lowest, layout
        if layout.names_above and lowest < -0.4:  # no room for a number at every step
            self.ticks = [tick for tick in (-1.0, -0.5, 0.0, 0.5, 1.0) if tick >= lowest]
        else:
            self.ticks = [round(lowest + i * _STEP, 1) for i in range(round((1 - lowest) / _STEP) + 1)]

    def __call__(self, value: float) -> float:
        share = (min(1.0, max(self.lowest, value)) - self.lowest) / (1 - self.lowest)
        return round(self._layout.left + share * (self._layout.right - self._layout.left), 1)


def _row(name: str, figures: Sequence[tuple[int, Coefficient]], top: float, x: _Scale, layout: _Layout) -> Row:
    head = 22.0 if layout.names_above else 4.0
    marks, silent = [], []
    for i, (series, figure) in enumerate(figures):
        y = top + head + layout.line * (i + 0.5)
        if _is_drawn(figure) and figure.alpha is not None:
            marks.append(_mark(series, figure, y, x))
        else:
            x_words = layout.left + 8 if layout.names_above else layout.right + 18
            silent.append(Silent(shape=_shape(series), series=min(series, 3), x=x_words, y=y, words=figure.status))
    height = head + layout.line * max(1, len(figures)) + 4
    middle = top + 16 if layout.names_above else top + head + layout.line / 2
    short = name if len(name) <= layout.name_length else name[: layout.name_length - 1] + "…"
    return Row(name=short, full_name=name, y=middle, top=top, height=height, marks=tuple(marks), silent=tuple(silent))


def _mark(series: int, figure: Coefficient, y: float, x: _Scale) -> Mark:
    assert figure.alpha is not None
    return Mark(
        shape=_shape(series),
        series=min(series, 3),
        x=x(figure.alpha),
        y=y,
        low=None if figure.low is None else x(figure.low),
        high=None if figure.high is None else x(figure.high),
        cut=figure.low is not None and figure.low < x.lowest,
        words=figure_words(figure),
    )


def _shape(series: int) -> Shape:
    return "circle" if series == 0 else MODEL_SHAPES[(series - 1) % len(MODEL_SHAPES)]


def _legend(agreement: Agreement, series: Sequence[tuple[int, str]], layout: _Layout) -> list[Legend]:
    found = []
    for i, (n, name) in enumerate(series):
        words = "people with each other" if n == 0 else f"{model_name(agreement, name)} with people"
        most = 40 if layout.legend_columns == 1 else 34
        found.append(
            Legend(
                shape=_shape(n),
                series=min(n, 3),
                x=8 + (i % layout.legend_columns) * (layout.width / layout.legend_columns),
                y=12.0 + 18 * (i // layout.legend_columns),
                words=words if len(words) <= most else words[: most - 1] + "…",
            )
        )
    return found
