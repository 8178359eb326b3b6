"""Who speaks: speaker labels at the start of lines, and which of them count.

A bare label, `Name:`, may as well be a sentence with a colon in it. It counts if it occurs twice in this file, if every
block (or every line) of the file begins with a label, or if the study lists it. A label with a time always counts.
What looked like a label and was not taken for one is told, and so is the other way round where it is doubtful.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_LABEL = 40

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3}|-\d)?"  # 1:02:03, 01:02.5; f4 writes tenths as -5
_STAMP = rf"[\[(<\#]\s*{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?\s*[\])>\#]"
_BARE_STAMP = rf"{_CLOCK}(?:\s*-->\s*{_CLOCK})?(?=\s|\Z)"
# Possessive blanks (*+), so that a long run of them is walked once and not tried in every way.
_LABEL = re.compile(
    rf"""\s*+ (?: (?P<before> {_STAMP} | {_BARE_STAMP} ) \s*+ )?
    (?P<name> [^:：\s] [^:：]{{0,{LONGEST_LABEL + 8}}}? )       # room for brackets and emphasis around the name
    (?: \s*+ (?P<inside> {_STAMP} ) )? \s*+
    (?: : [*_]{{0,3}} (?= \s | \Z ) | ： )                      # the full-width colon has its blank built in
    (?: \s*+ (?P<behind> {_STAMP} ) )? \s*+
    """,
    re.VERBOSE,
)
_LEADING_STAMP = re.compile(rf"\s*(?P<before>{_STAMP}|{_BARE_STAMP})\s*")
_CLOCKS = re.compile(_CLOCK)
_BEFORE_NAME = "*_-–—•> \t"  # emphasis, lists and citations of Markdown
_NO_NAME = re.compile(r"""#{1,6}\s|[({<"'`“„«=|]""")  # a title of Markdown, an aside, a citation, data


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before the words of a line: a name, perhaps with a time (in seconds)."""

    name: str
    words_at: int
    """Where in the line the words begin."""
    starts_at: float | None = None
    ends_at: float | None = None
    sure: bool = False
    """Whether its time marks it as a label beyond doubt."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file that is not blank."""

    number: int
    text: str
    opens: bool
    """Whether it is the first line of a block."""
    label: Label | None


def label_of(line: str) -> Label | None:
    """The label with which a line begins, or None. Whether it counts depends on the rest of the file.

    >>> label_of("P1 [00:01:02]: Yes.")
    Label(name='P1', words_at=15, starts_at=62.0, ends_at=None, sure=True)
    >>> label_of("See https://example.org at 10:30")
    """
    if ":" not in line and "：" not in line:
        return None
    match = _LABEL.match(line)
    if match is None:
        return None
    name = " ".join(match["name"].lstrip(_BEFORE_NAME).rstrip("*_ \t").split())
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1].strip()
    if len(name) > LONGEST_LABEL or _NO_NAME.match(name) or not any(character.isalpha() for character in name):
        return None
    stamp = match["before"] or match["inside"] or match["behind"]
    return Label(name, match.end(), *_times(stamp), sure=stamp is not None and _is_on_tape(stamp))


def leading_time(line: str) -> Label:
    """Where the words of a line without a label begin, after a time that may stand before them."""
    match = _LEADING_STAMP.match(line)
    if match is None or not _is_on_tape(match["before"]):
        return Label("", 0)
    return Label("", match.end(), *_times(match["before"]))


def _is_on_tape(stamp: str) -> bool:
    """Whether it is a time on the tape beyond doubt: "10:30 we left" may tell the time of day."""
    return not stamp[0].isdigit() or "-->" in stamp or stamp.count(":") > 1


def _times(stamp: str | None) -> tuple[float | None, float | None]:
    clocks = [seconds(clock) for clock in _CLOCKS.findall(stamp or "")]
    return (clocks[0] if clocks else None, clocks[1] if len(clocks) > 1 else None)


def seconds(clock: str) -> float:
    """The seconds of a time on the tape.

    >>> seconds("1:00:02.5"), seconds("01:02,25")
    (3602.5, 62.25)
    """
    total = 0.0
    for part in clock.replace(",", ".").replace("-", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def counting(lines: Sequence[Line], speakers: Collection[str], path: Path | str) -> tuple[set[str], list[str]]:
    """The labels of a file that count as speakers, and what to tell about those that stand in it only once."""
    labels = [line.label for line in lines if line.label]
    seen = Counter(label.name for label in labels)
    sure = {label.name for label in labels if label.sure or label.name in speakers or seen[label.name] > 1}
    counts, reason = set(sure), ""
    # Where every block begins with a label, so does every turn. A file without blank lines may have a turn a line.
    if all(line.label for line in lines if line.opens):
        counts |= {line.label.name for line in lines if line.opens and line.label}
        reason = "every block of the file begins with a label"
    if len(labels) == len(lines):
        counts, reason = set(seen), "every line of the file begins with a label"
    once = [line for line in lines if line.label and line.label.name not in sure]
    taken = [line for line in once if line.label and line.label.name in counts]
    left = [line for line in once if line.label and line.label.name not in counts]
    notes = []
    if left:
        notes.append(
            _told(
                left,
                path,
                "read as words and not as a speaker; if it is one, list it under `speakers` in autocode.yaml",
            )
        )
    if taken and sure:  # the odd ones among labels that recur
        notes.append(_told(taken, path, f"read as a speaker, because {reason}"))
    return counts, notes


def _told(lines: Sequence[Line], path: Path | str, how: str) -> str:
    first, *more = [(f'"{line.label.name}:"', f"{path}:{line.number}") for line in lines if line.label]
    others = f" (so does {', '.join(f'{name} at {where}' for name, where in more)})" if more else ""
    return f"{first[1]}: {first[0]} stands once at the start of a line{others} and is {how}"
