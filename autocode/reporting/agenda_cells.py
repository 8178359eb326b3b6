"""The agenda of a meeting as cells: every disputed passage, numbered, with empty places for what is decided about it.

Where the study's approach is reflexive nothing is decided: the passages are different readings, and what is asked is
what was said about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autocode.codebook import asked
from autocode.data import Codebook, Dispute, Disputes, Said, Side
from autocode.reading import CHANGE
from autocode.reading.tables import column_key
from autocode.reporting.agenda_texts import clock, in_short, legible

DECIDED = ("decision", "why", "by", "date", CHANGE)
TALKED = ("talked about", "why", "by", "date", CHANGE)
"""The columns to fill in: of a meeting that decides, and of one that does not."""
SHOWN = ("no", "code", "transcript", "turn", "at", "speaker", "before", "passage", "after")


INTERNAL = "Internal: this file holds words of participants."


def choices(codebook: Codebook) -> list[tuple[str, str, str]]:
    """What may be decided: yes, no, or the code that a passage gets instead; each with its name and definition."""
    codes = [(code.id, code.name, " ".join(code.definition.split())) for code in asked(codebook)]
    return [("yes", "the code stays on this passage", ""), ("no", "it does not", ""), *codes]


def cells(found: Disputes, *, reflexive: bool = False) -> list[list[str]]:
    """The agenda as a table: a header, and a row a passage with a column for each coder."""
    fill = TALKED if reflexive else DECIDED
    header = [*SHOWN, *map(called, found.coders), "instead", *fill, "id"]
    return [header, *(list(_row(dispute, len(fill))) for dispute in found.disputes)]


def _row(dispute: Dispute, empty: int) -> Iterator[str]:
    yield str(dispute.number)
    yield dispute.code
    yield dispute.transcript
    yield str(dispute.turn or "")
    yield clock(dispute.at)
    yield dispute.speaker
    yield spoken(dispute.before, end=True)
    yield legible(in_short(dispute.passage))
    yield spoken(dispute.after)
    for side in dispute.sides:
        yield say_of(side)
    yield dispute.instead
    yield from [""] * empty
    yield dispute.id


def called(coder: str) -> str:
    """The name above a coder's column; one who is called like another column gets a word before it.

    >>> called("Ana"), called("By")
    ('Ana', 'coder By')
    """
    taken = {*SHOWN, *DECIDED, *TALKED, "instead", "id", "codebook_change"}
    return legible(f"coder {coder}" if column_key(coder) in taken else coder)


def spoken(turns: Sequence[Said], *, end: bool = False) -> str:
    """Turns around a passage, a line each; of a long one what is nearest to the passage."""
    return "\n".join(
        legible(f"{turn.speaker}: " * bool(turn.speaker) + in_short(turn.words, most=400, end=end)) for turn in turns
    )


def say_of(side: Side) -> str:
    """What one coder decided on a passage, in a cell: the decision, their words, memo or reason, and other codes."""
    parts: list[str] = [side.decision]
    parts += [f"“{in_short(quote, most=600)}”" for quote in side.quotes]
    parts += [f"memo: {side.memo}"] * bool(side.memo)
    parts += [f"why: {side.why}"] * bool(side.why)
    parts += [f"has here: {', '.join(side.others)}"] * bool(side.others)
    return legible("\n".join(parts))


def how_to(found: Disputes, *, reflexive: bool = False) -> list[str]:
    """What whoever holds the agenda has to know, a sentence or two a line."""
    n = len(found.disputes)
    among = " and ".join(filter(None, [", ".join(found.among[:-1]), *found.among[-1:]]))
    beside = [coder for coder in found.coders if coder not in found.among]
    told = [
        f"{n} passage{'s' * (n != 1)} {'that are read differently' if reflexive else 'disputed'} between {among}; one "
        f"item is one code on one {found.unit}.",
        found.order,
    ]
    if beside:
        told.append(f"Shown beside, and not what makes a passage disputed: {', '.join(beside)}.")
    if found.decided:
        told.append(f"{found.decided} more are decided already (decisions.csv) and left out.")
    if reflexive:
        return [*told, "Nothing is decided here: note under talked about what the readings bring to each other."]
    return [
        *told,
        "Under decision write yes (the code stays), no (it does not), or the id of another code that the passage gets "
        "instead; leave it blank where nothing is decided. Under by write who decided. The id finds the passage again: "
        "leave it as it is.",
    ]
