"""The ledger as small pictures, one a code, in numbers to draw: versions from left to right, alpha upwards.

Only places and words are decided here; `ledger.html` draws them. All pictures have one scale, so that they can be held
beside each other. A line joins figures of the same coders under versions that follow each other, never others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from autocode.data import Coefficient, Data, Ledger, LedgerCode, LedgerFigure
from autocode.reporting.agreement_words import decimal
from autocode.reporting.forest import BOUNDS, Shape
from autocode.reporting.ledger_words import edit_words, figure_told, line_words, version_words

WIDTH, HEIGHT = 320.0, 196.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 280.0, 16.0, 170.0
_LOWEST, _STEP = -1.0, 0.2
_TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_MOST_LABELS = 7
_SHAPES: tuple[Shape, ...] = ("diamond", "square", "triangle")

Line = tuple[str, str]
"""Model and prompt; both blank: people among themselves."""


class Sign(Data):
    """How a line is drawn: its colour and the sign of its points."""

    series: int
    shape: Shape
    words: str


class Point(Data):
    """A figure: where its sign stands, and from where to where its interval goes."""

    series: int
    shape: Shape
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    cut: bool = False
    """Whether the interval goes on below the drawing."""
    says: str


class Join(Data):
    """From one figure to the next of the same coders."""

    series: int
    x1: float
    y1: float
    x2: float
    y2: float


class Band(Data):
    """How far a model differs from itself: from 1 down to the alpha of its repeats with each other."""

    series: int
    x: float
    y: float
    width: float
    height: float
    says: str


class Silent(Data):
    """Where there is no figure that can be read."""

    series: int
    x: float
    says: str


class Mark(Data):
    """A version with which the code was changed."""

    x: float
    says: str


class Label(Data):
    """A number or a version on an axis."""

    at: float
    words: str


class Picture(Data):
    """The picture of a code."""

    code: LedgerCode
    columns: tuple[Label, ...]
    ticks: tuple[Label, ...]
    bounds: tuple[Label, ...]
    apart: float | None
    """Where the versions end and what has none begins."""
    bands: tuple[Band, ...]
    joins: tuple[Join, ...]
    points: tuple[Point, ...]
    silent: tuple[Silent, ...]
    marks: tuple[Mark, ...]
    says: str
    """The picture in one sentence, for those who cannot see it."""


class _Scale(NamedTuple):
    """From versions and alpha to places."""

    lowest: float
    versions: tuple[str, ...]
    n_lines: int

    @property
    def column(self) -> float:
        """How wide a version is."""
        return (RIGHT - LEFT) / max(1, len(self.versions))

    def centre(self, version: str) -> float:
        return round(LEFT + (self.versions.index(version) + 0.5) * self.column, 1)

    def x(self, version: str, line: int) -> float:
        """Lines stand beside each other, so that intervals do not hide one another."""
        apart = min(10.0, 0.8 * self.column / max(1, self.n_lines))
        return round(self.centre(version) + (line - (self.n_lines - 1) / 2) * apart, 1)

    def y(self, alpha: float) -> float:
        share = (min(1.0, max(self.lowest, alpha)) - self.lowest) / (1 - self.lowest)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)


def lines_of(ledger: Ledger) -> list[Line]:
    """The lines of the pictures: people among themselves, then each model and prompt with people."""
    found = dict.fromkeys(
        (figure.model, figure.prompt) for code in ledger.codes for figure in code.figures if not figure.pair
    )
    return sorted(found, key=lambda line: (bool(line[0]), line))


def signs(ledger: Ledger) -> list[Sign]:
    """What each line is drawn with."""
    return [
        Sign(series=_colour(i), shape=_shape(i, line), words=line_words(line, ledger)) for i, line in _placed(ledger)
    ]


def pictures(ledger: Ledger) -> list[Picture]:
    """A picture for each code, in the order of the ledger."""
    shown = [figure for code in ledger.codes for figure in code.figures if _is_drawn(figure)]
    used = {figure.version for code in ledger.codes for figure in code.figures}
    edited = {edit.version for code in ledger.codes for edit in code.edits}
    versions = tuple(v.version for v in ledger.versions if v.version in used | edited or v.codings)
    scale = _Scale(_lowest(shown), versions, len(lines_of(ledger)))
    return [_picture(code, ledger, scale) for code in ledger.codes]


def _placed(ledger: Ledger) -> list[tuple[int, Line]]:
    lines = lines_of(ledger)
    first = (
        0 if lines and not lines[0][0] else 1
    )  # the circle and its colour are people's, whether or not there are any
    return list(enumerate(lines, start=first))


def _colour(line: int) -> int:
    return 0 if line == 0 else 1 + (line - 1) % 3


def _shape(place: int, line: Line) -> Shape:
    if not line[0]:
        return "circle"
    return _SHAPES[(place - 1 + (place - 1) // 3) % 3]  # nine models are told apart before two look alike


def _is_drawn(figure: Coefficient) -> bool:
    return figure.status == "ok" and figure.alpha is not None


def _lowest(figures: Sequence[LedgerFigure]) -> float:
    """Where the scale begins: at 0, or a step below the lowest alpha. Intervals may be cut, alphas never are."""
    lowest = 0.0
    while lowest > min((figure.alpha or 0.0 for figure in figures), default=0.0) and lowest > _LOWEST:
        lowest = round(lowest - _STEP, 1)
    return lowest


def _picture(code: LedgerCode, ledger: Ledger, scale: _Scale) -> Picture:
    placed = _placed(ledger)
    order = [line for _, line in placed]
    together = [figure for figure in code.figures if not figure.pair]
    points, silent, bands = [], [], []
    where: dict[int, Point] = {}
    for figure in together:
        line = order.index((figure.model, figure.prompt))
        series, x = _colour(placed[line][0]), scale.x(figure.version, line)
        says = figure_told(figure, ledger)
        if _is_drawn(figure):
            where[id(figure)] = _point(figure, series, _shape(*placed[line]), x, scale, says)
            points.append(where[id(figure)])
        else:
            silent.append(Silent(series=series, x=x, says=says))
        if figure.version and figure.noise is not None and _is_drawn(figure.noise):
            bands.append(_band(figure, series, x, scale))
    last = scale.versions[-1] if scale.versions else "-"
    edits = [edit for edit in code.edits if edit.version in scale.versions]
    return Picture(
        code=code,
        columns=tuple(_columns(scale)),
        ticks=tuple(Label(at=scale.y(value), words=f"{value:g}") for value in _TICKS if value >= scale.lowest),
        bounds=tuple(Label(at=scale.y(value), words=words) for value, words in BOUNDS),
        apart=round(scale.centre("") - scale.column / 2, 1) if last == "" and len(scale.versions) > 1 else None,
        bands=tuple(dict.fromkeys(bands)),
        joins=tuple(_joins(together, where, ledger)),
        points=tuple(points),
        silent=tuple(silent),
        marks=tuple(
            Mark(x=scale.centre(version), says="; ".join(edit_words(e) for e in edits if e.version == version))
            for version in dict.fromkeys(edit.version for edit in edits)
        ),
        says=_says(code, together),
    )


def _columns(scale: _Scale) -> Iterator[Label]:
    every = -(-len(scale.versions) // _MOST_LABELS)
    for i, version in enumerate(scale.versions):
        if i % every == 0 or version == "":
            yield Label(at=scale.centre(version), words=version_words(version) if version else "none")


def _point(figure: LedgerFigure, series: int, shape: Shape, x: float, scale: _Scale, says: str) -> Point:
    assert figure.alpha is not None
    return Point(
        series=series,
        shape=shape,
        x=x,
        y=scale.y(figure.alpha),
        low=None if figure.low is None else scale.y(figure.low),
        high=None if figure.high is None else scale.y(figure.high),
        cut=figure.low is not None and figure.low < scale.lowest,
        says=says,
    )


def _band(figure: LedgerFigure, series: int, x: float, scale: _Scale) -> Band:
    assert figure.noise is not None
    assert figure.noise.alpha is not None
    width = max(4.0, min(16.0, 0.9 * scale.column / max(1, scale.n_lines)))
    y = scale.y(figure.noise.alpha)
    says = f"{figure.model}, {version_words(figure.version)}: alpha of its {figure.repeats} repeats with each other"
    return Band(
        series=series,
        x=round(x - width / 2, 1),
        y=scale.y(1.0),
        width=round(width, 1),
        height=round(y - scale.y(1.0), 1),
        says=f"{says} {decimal(figure.noise.alpha)}",
    )


def _joins(figures: Sequence[LedgerFigure], where: dict[int, Point], ledger: Ledger) -> Iterator[Join]:
    """Between neighbours on one line that rest on the same people."""
    declared = [v.version for v in ledger.versions if v.version and not v.codebook]
    lines: dict[tuple[Line, tuple[str, ...]], list[LedgerFigure]] = {}
    for figure in figures:
        if id(figure) in where and figure.version in declared:
            lines.setdefault(((figure.model, figure.prompt), figure.coders), []).append(figure)
    for line in lines.values():
        by: dict[str, list[Point]] = {}
        for figure in line:
            by.setdefault(figure.version, []).append(where[id(figure)])
        for before, after in pairwise([by[version] for version in declared if version in by]):
            yield from (Join(series=a.series, x1=a.x, y1=a.y, x2=b.x, y2=b.y) for a in before for b in after)


def _says(code: LedgerCode, figures: Sequence[LedgerFigure]) -> str:
    drawn = sum(_is_drawn(figure) for figure in figures)
    return f"{code.code}: alpha under each version of the codebook, {drawn} figures; the table below holds the same."
