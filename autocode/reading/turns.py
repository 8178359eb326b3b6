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
_LOOKED_AT = 300
"""Characters of a line in which a label may stand with its times; else long runs of blanks are walked in many ways."""

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
# "Ana Garcia   0:03" and "Ana Garcia [0:03]": Teams, Otter and others give a line of its own to who speaks when.
_NAME_AND_TIME = re.compile(
    rf"\s*+(?P<name>[^:：\s][^:：\t]{{0,{LONGEST_LABEL + 8}}}?)"
    rf"(?: (?:\s{{2,}}|\s*\t\s*) (?P<bare>{_CLOCK}) | \s+ (?P<marked>[\[(<]\s*{_CLOCK}\s*[\])>]) )\s*\Z",
    re.VERBOSE,
)
_TRAILING_STAMP = re.compile(rf"\s*(?P<stamp>{_STAMP})\s*\Z")
_ONLY_TIME = re.compile(rf"\s*(?:{_STAMP}|{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?)\s*\Z")
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
    match = _LABEL.match(line, 0, _LOOKED_AT)
    if match is None:
        return None
    name = plain_name(match["name"])
    if name is None:
        return None
    stamp = match["before"] or match["inside"] or match["behind"]
    return Label(name, match.end(), *_times(stamp), sure=stamp is not None and _is_on_tape(stamp))


def plain_name(written: str) -> str | None:
    """A name without the brackets and the emphasis around it, or None where it cannot be one."""
    name = " ".join(written.lstrip(_BEFORE_NAME).rstrip("*_ \t").split())
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1].strip()
    if len(name) > LONGEST_LABEL or _NO_NAME.match(name) or not any(character.isalpha() for character in name):
        return None
    return name


def leading_time(line: str) -> Label:
    """Where the words of a line without a label begin, after a time that may stand before them."""
    match = _LEADING_STAMP.match(line)
    if match is None or not _is_on_tape(match["before"]):
        return Label("", 0)
    return Label("", match.end(), *_times(match["before"]))


def name_and_time(line: str) -> Label | None:
    """The label that a line is which holds a name and a time and nothing else, with the words in the lines below.

    It counts beyond doubt where the two stand apart; "I see [0:06]" may as well be words with a time after them.

    >>> name_and_time("Ana Garcia   0:03")
    Label(name='Ana Garcia', words_at=17, starts_at=3.0, ends_at=None, sure=True)
    >>> name_and_time("We left at 10:30")
    """
    match = _NAME_AND_TIME.match(line) if len(line) <= _LOOKED_AT else None
    if match is None:
        return None
    name = plain_name(match["name"])
    if name is None or name[-1] in ".?!…,;":
        return None
    return Label(name, len(line), *_times(match["bare"] or match["marked"]), sure=match["bare"] is not None)


def trailing_time(line: str) -> tuple[int, float | None]:
    """Where the words of a line end, before a time in brackets or `#` that may stand after them; and that time.

    >>> trailing_time("Yes. #00:00:12-5#")
    (4, 12.5)
    """
    match = _TRAILING_STAMP.search(line, max(0, len(line.rstrip()) - 40))
    return (match.start(), _times(match["stamp"])[1] or _times(match["stamp"])[0]) if match else (len(line), None)


def time_of(cell: str) -> tuple[float | None, float | None] | None:
    """When a stretch begins and ends, of a text that is a time and nothing else; None for any other.

    >>> time_of("[00:01:02]"), time_of("0:03 - 0:05"), time_of("at 0:03")
    ((62.0, None), (3.0, 5.0), None)
    """
    return _times(cell) if _ONLY_TIME.match(cell) else None


def without_times(line: str) -> tuple[str, float | None, float | None]:
    """The words of a line or cell, tabs as blanks, without a time that stands before or after them; and those times.

    >>> without_times("[0:03] Yes, I went. #00:00:12-5#")
    ('Yes, I went.', 3.0, 12.5)
    """
    before = leading_time(line)
    end, after = trailing_time(line)
    words = line[before.words_at : max(end, before.words_at)].replace("\t", " ").strip()
    return words, before.starts_at, before.ends_at if after is None or not words else after


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
