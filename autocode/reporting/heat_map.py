"""A heat map of confusions as numbers to draw: one coder's code down, the other's across, the units in the cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autocode.data import Agreement, Confusion, Data
from autocode.reporting.confusion_tables import shown_confusions

CELL, WIDE_CELL = 30.0, 38.0
_NAME_PIXELS = 6.9
MOST_MAPS = 3
"""The most pairs of coders that get a map each; of more, one map holds all of them."""


class Cell(Data):
    """So many units where the one has the code of the row, the other that of the column."""

    x: float
    y: float
    n: int
    shade: float
    """From 0 to 1, of the most frequent."""
    says: str


class Line(Data):
    """A code's row or column, with its number."""

    at: float
    number: str
    name: str


class HeatMap(Data):
    """A heat map, in pixels."""

    title: str
    width: float
    height: float
    left: float
    top: float
    cell: float = CELL
    across: str
    """Whose codes stand across."""
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[Cell, ...]
    symmetric: bool = False


def heat_maps(agreement: Agreement) -> list[HeatMap]:
    """A map for every two coders who confuse codes; of many coders one map of all pairs of people."""
    found = shown_confusions(agreement.confusions)
    order = [row.code for row in agreement.codes]
    pairs = list(dict.fromkeys(c.coders for c in sorted(found, key=lambda c: c.kind)))  # people first
    if len(pairs) <= MOST_MAPS:
        return [
            _map(f"{a} (down) and {b} (across)", b, [c for c in found if c.coders == (a, b)], order) for a, b in pairs
        ]
    kinds: list[tuple[Literal["human-human", "human-model"], str]] = [
        ("human-human", "all pairs of people"),
        ("human-model", "all pairs of a person and a model"),
    ]
    maps = []
    for kind, title in kinds:
        both_ways = _together([c for c in found if c.kind == kind], ordered=kind == "human-model")
        if both_ways:
            maps.append(_map(title, "the other", both_ways, order, symmetric=kind == "human-human"))
    return maps


def _together(confusions: Sequence[Confusion], *, ordered: bool) -> list[Confusion]:
    """One confusion for each two codes, its units summed over pairs of coders; between people either way round."""
    sums: dict[tuple[str, str], int] = {}
    for c in confusions:
        ways = [c.codes] if ordered else [c.codes, (c.codes[1], c.codes[0])]
        for codes in ways:
            sums[codes] = sums.get(codes, 0) + c.n
    pair = ("one", "the other")
    return [Confusion(coders=pair, codes=codes, kind="human-human", n=n) for codes, n in sums.items()]


def _map(
    title: str, across: str, confusions: Sequence[Confusion], order: Sequence[str], *, symmetric: bool = False
) -> HeatMap:
    used = {code for c in confusions for code in c.codes}
    codes = [code for code in dict.fromkeys(order) if code in used]
    number = {code: i for i, code in enumerate(codes)}
    most = max(c.n for c in confusions)
    cell = CELL if most < 1000 else WIDE_CELL
    left = 30 + max(min(len(code), 26) for code in codes) * _NAME_PIXELS
    top = 44.0
    cells = [
        Cell(
            x=left + number[c.codes[1]] * cell,
            y=top + number[c.codes[0]] * cell,
            n=c.n,
            shade=round(c.n / most, 3),
            says=f"{c.codes[0]} where the other has {c.codes[1]}: {c.n}",
        )
        for c in sorted(confusions, key=lambda c: (number[c.codes[0]], number[c.codes[1]]))
    ]
    lines = [(i, code if len(code) <= 26 else code[:25] + "…") for code, i in number.items()]
    return HeatMap(
        title=title,
        width=round(left + len(codes) * cell + 2),
        height=round(top + len(codes) * cell + 2),
        left=left,
        cell=cell,
        top=top,
        across=across,
        rows=tuple(Line(at=top + i * cell, number=str(i + 1), name=name) for i, name in lines),
        columns=tuple(Line(at=left + i * cell, number=str(i + 1), name=name) for i, name in lines),
        cells=tuple(cells),
        symmetric=symmetric,
    )
