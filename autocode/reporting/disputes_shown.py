"""Where coders disagree, in the terminal: in one sentence, or passage by passage as different readings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autocode.data import Disputes
from autocode.reporting.agenda_cells import say_of, spoken
from autocode.reporting.agenda_texts import clock, in_short

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 25
_CODES = 5


def disputes_line(counts: Mapping[str, int], decided: int) -> str:
    """How many passages are disputed, and of which codes most; blank where none is."""
    n = sum(counts.values())
    already = f"; {decided} more {'is' if decided == 1 else 'are'} decided" if decided else ""
    if not n:
        return f"no disputed passage is left{already}" if decided else ""
    most = ", ".join(f"{code} {count}" for code, count in [*counts.items()][:_CODES])
    are = "passage is" if n == 1 else "passages are"
    return f"{n} {are} disputed ({most}){already}; --agenda FILE.xlsx lists them for a meeting"


def show_readings(found: Disputes, console: Console) -> None:
    """Print what was read differently, with each one's reading; no figure is put on it."""
    from rich.text import Text

    n = len(found.disputes)
    who = ", ".join(found.among)
    heading = f"{n} passage{'s' * (n != 1)} read differently"
    console.print(Text.assemble((heading, "bold"), f" by {who}; one item is one code on one {found.unit}"))
    for dispute in found.disputes[:_SHOWN]:
        where = [dispute.transcript, f"turn {dispute.turn}" * bool(dispute.turn), clock(dispute.at), dispute.speaker]
        console.print(Text(f"\n{dispute.number}. {dispute.code} ({dispute.name})", style="bold"))
        console.print(Text(f"   {', '.join(filter(None, where))}", style="dim"))
        for part, style in (
            (spoken(dispute.before, end=True), "dim"),
            (in_short(dispute.passage), ""),
            (spoken(dispute.after), "dim"),
        ):
            if part:
                console.print(Text("   " + part.replace("\n", "\n   "), style=style))
        for side in dispute.sides:
            console.print(Text(f"   {side.coder}: " + say_of(side).replace("\n", "; ")))
    if n > _SHOWN:
        console.print(Text(f"\n{n - _SHOWN} more; --agenda FILE.xlsx or .docx lists them all"))
