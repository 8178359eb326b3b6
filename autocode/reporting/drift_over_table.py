"""What moved between coders over time, as tables in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocode.data import CodeOverTime, DriftOverTime, PairOverTime
from autocode.drift import STILL
from autocode.drift.discoveries import LEVEL
from autocode.reporting.drift_table import reasons
from autocode.reporting.drift_words import count, probability

_AT_LEAST = {"verdict": 9, "split after": 5, "misses": 8, "extras": 8, "could have seen": 7}
_OTHERS = 67
"""How wide the columns beside the code are at least, all together."""

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MEANING = (
    "more, less: than the first coder's coding lets expect. Misses: coded by the first only; extras: by the second "
    "only. Of the codes named, at most 5 % by chance; could have seen: 80 % of the time, so many misses / extras more "
    "or fewer. Nobody's coding is taken for right: either of the two may have moved. Where both apply a code more or "
    "less often than before, and alike, the interviews differ, and no coder moved away from the other."
)


def show_drift_over(drift: DriftOverTime, console: Console) -> None:
    """Print a table for each two coders, the codes that moved first; names are never read as markup."""
    from rich.text import Text

    console.print(Text.assemble(("Over time", "bold"), headline(drift).removeprefix("Over time")))
    for pair in drift.pairs:
        console.print(Text(f"{pair.first} and {pair.second} ({pair.kind}), {interviews(pair)}"))
        console.print(_table(pair, console.width))
        for line in (*reasons((row.code, row.reason) for row in pair.codes), over_all(pair)):
            console.print(Text(line))
    console.print(Text(MEANING))


def headline(drift: DriftOverTime) -> str:
    """What was looked at, in one line."""
    what = f"Over time: {len(drift.transcripts)} interviews by "
    if drift.event.startswith(f"{drift.over}: "):
        return what + drift.event
    return f"{what}{drift.over}; {drift.event or 'no known event: each code is split where it turns most'}"


def interviews(pair: PairOverTime) -> str:
    """How many interviews two coders share, and where an event parts them."""
    before, after = pair.n_transcripts
    return f"{before} interviews before, {after} after" if after else f"{before} interviews"


def over_all(pair: PairOverTime) -> str:
    """What holds for all codes of two coders at once: one test, and the codes that stand under the stricter rule."""
    if pair.p_any is None:
        return "All codes at once: nothing to test."
    figures = {row.code: (row.family_misses, row.family_extras) for row in pair.codes}
    strict = [code for code, both in figures.items() if any(p is not None and p <= LEVEL for p in both)]
    words = f"All codes at once: p {probability(pair.p_any)}"
    if pair.p_any <= LEVEL and all(row.verdict in STILL for row in pair.codes):
        words += ", so something moved, and no single code can be named"
    return f"{words}. Under the stricter rule (5 % that any is named by chance): {', '.join(strict) or 'none'}."


def row_cells(row: CodeOverTime, pair: PairOverTime) -> dict[str, str]:
    """The cells of a code, by their headings; `split after` only where there is no event."""
    others = (row.n_units[0] - row.first[0], row.n_units[1] - row.first[1])
    splits = any(each.split_after for each in pair.codes)
    return {
        "verdict": row.verdict,
        **({"split after": row.split_after} if splits else {}),
        "misses": _of(row.misses, row.first),
        "q": _q(row.q_misses),
        "extras": _of(row.extras, others),
        "q ": _q(row.q_extras),
        "could have seen": _could(row),
    }


def _table(pair: PairOverTime, width: int) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    every = [row_cells(row, pair) for row in pair.codes]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    # On a narrow terminal counts and words wrap at their blanks, and no figure is cut.
    longest = max((len(row.code) for row in pair.codes), default=8)
    table.add_column("Code", overflow="fold", width=min(longest, max(8, width - _OTHERS)))
    for name in every[0] if every else ():
        heading = "" if name == "verdict" else name.strip()
        table.add_column(
            heading if heading == "q" else heading.capitalize(),
            no_wrap=heading == "q",
            min_width=_AT_LEAST.get(name),
            justify="right" if name == "could have seen" else "left",
        )
    for row, cells in zip(pair.codes, every, strict=True):
        moved = row.verdict not in STILL
        verdict = [Text(row.code), Text(cells.pop("verdict"), style="bold" if moved else "")]
        table.add_row(*verdict, *map(Text, cells.values()))
    return table


def _of(counts: tuple[int, int], of: tuple[int, int]) -> str:
    """Counts before and after, of how many.

    >>> _of((3, 9), (40, 42))
    '3/40, 9/42'
    """
    return f"{counts[0]:,}/{of[0]:,}, {counts[1]:,}/{of[1]:,}"


def _q(q: float | None) -> str:
    return "" if q is None else probability(q)


def _could(row: CodeOverTime) -> str:
    """How many misses, and how many extras, more or fewer would have been found."""
    figures = (row.could_have_seen_misses, row.could_have_seen_extras)
    return "" if figures == (None, None) else " / ".join("-" if n is None else count(n) for n in figures)
