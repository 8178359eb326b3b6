"""What moved between two versions, as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autocode.data import BesideCoding, CodeDrift, Drift, DriftStory
from autocode.drift import MOVED
from autocode.reporting.drift_words import change_of, could_of, count, differ_of, edit_of, look_at, probability

if TYPE_CHECKING:
    from rich.console import Console


_PLACES = 3


def show_drift(drift: Drift, console: Console) -> None:
    """Print the verdict and the numbers of every code, those that moved first; names are never read as markup."""
    from rich.text import Text

    about = (
        f"  {drift.n_transcripts} interviews, {drift.n_units:,} {drift.unit}s, {drift.n_calls:,} calls; "
        f"{len(drift.before)} and {len(drift.after)} repeats"
    )
    console.print(Text.assemble(("Before and after", "bold"), f": {drift.before[0]} and {drift.after[0]}"))
    console.print(Text(about))
    for what in drift.differences:
        console.print(Text(f"  {what}"))
    console.print(_table(drift))
    for line in reasons((row.code, row.reason) for row in drift.codes):
        console.print(Text(line))
    for row in drift.codes:
        for beside in row.beside:
            if line := beside_line(row, beside):
                console.print(Text(line))
    for story in drift.stories:
        _tell(story, drift, console)
    console.print(Text(summary(drift)))


def _tell(story: DriftStory, drift: Drift, console: Console) -> None:
    """What happened to a code that moved, and the clearest of its passages by place: their words are in the page."""
    from rich.text import Text

    console.print(Text.assemble("\n", (story.code, "bold")))
    for change in story.changes:
        console.print(Text(f"  {edit_of(change, story.code)}", style="dim"))
    for line in look_at(story, drift):
        console.print(Text(f"  {line}"))
    for passage in story.passages[:_PLACES]:
        where = f"{passage.transcript}{f' turn {passage.turn}' if passage.turn else ''}"
        (k, n), (later, m) = passage.before, passage.after
        console.print(Text(f"  {where}: {k} of {n} repeats, then {later} of {m}"))
    if len(story.passages) > _PLACES:
        console.print(Text(f"  {len(story.passages) - _PLACES} more; read them all with --html FILE --internal"))


def _table(drift: Drift) -> object:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Code", no_wrap=True)
    table.add_column("")
    for heading in ("Before", "After"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Change", min_width=8)
    table.add_column("Differ (noise)", justify="right", min_width=7)
    table.add_column("q", justify="right", no_wrap=True)
    table.add_column("Could have seen", justify="right", min_width=7)
    for row in drift.codes:
        table.add_row(
            Text(row.code + (" *" if row.edited else "")),
            Text(row.verdict, style="bold" if row.verdict in MOVED else ""),
            Text(count(row.before)),
            Text(count(row.after)),
            Text(change_of(row)),
            Text(differ_of(row)),
            Text("" if row.q is None else probability(row.q)),
            Text(could_of(row)),
        )
    return table


def reasons(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Why codes have no more to show, those of one reason on a line."""
    by: dict[str, list[str]] = {}
    for code, reason in found:
        if reason:
            by.setdefault(reason, []).append(code)
    yield from (f"{', '.join(codes)}: {reason}" for reason, codes in by.items())


def beside_line(row: CodeDrift, beside: BesideCoding) -> str:
    """One line a code and coder, where there is something to say."""
    if beside.verdict in ("no change found", "noise not measured") and row.verdict not in MOVED:
        return ""
    if beside.verdict == "nothing to compare":
        return f"{row.code}: nothing of {beside.coder}'s to hold beside it; {beside.reason}" if beside.reason else ""
    said = {
        "towards": f"towards {beside.coder}'s coding",
        "away from": f"away from {beside.coder}'s coding",
        "no change found": f"neither towards nor away from {beside.coder}'s coding was found",
        "noise not measured": f"beside {beside.coder}'s coding, noise not measured",
    }[beside.verdict]
    words = f"{row.code}: {said}: alike on {count(beside.agreed_before or 0)}, now {count(beside.agreed_after or 0)} "
    words += f"of {beside.n_units:,}"
    if beside.q is not None:
        words += f" (q {probability(beside.q)})"
    if beside.alpha_before is None or beside.alpha_after is None or beside.alpha_change is None:
        return f"{words}; no alpha: {beside.reason}" if beside.reason else words
    words += f"; alpha {beside.alpha_before:.2f}, now {beside.alpha_after:.2f}"
    if beside.alpha_change_low is None or beside.alpha_change_high is None:
        return f"{words} ({beside.reason})" if beside.reason else words
    return f"{words} (change {beside.alpha_change_low:+.2f} to {beside.alpha_change_high:+.2f})"


def summary(drift: Drift) -> str:
    """How many codes by verdict, and what the words and numbers mean."""
    by: dict[str, int] = {}
    for row in drift.codes:
        by[row.verdict] = by.get(row.verdict, 0) + 1
    told = "; ".join(f"{verdict}: {n}" for verdict, n in by.items())
    mark = " * its definition or scope was edited." if any(row.edited for row in drift.codes) else ""
    return (
        f"{told}. Counts are passages, means over repeats; intervals 95 %, for these passages; of the codes named, at "
        f"most 5 % by chance; could have seen: 80 % of the time, a change of so many / so many exchanged.{mark}"
    )
