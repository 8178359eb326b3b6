"""What programs write when a transcript is copied out of them: who speaks stands apart from the words.

Teams (2023) gives three lines: the times, the name, the words. Others write `[id1] words`. Otter signs its text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from autocode.reading.captions import TIMING
from autocode.reading.turns import LONGEST_LABEL, Label, Line, plain_name, seconds

_BRACKETED = re.compile(r"\s*\[([^\[\]:]+)\]\s+(?=\S)")
_SIGNED = re.compile(r"\n\s*(?:Transcribed by https?://(?:www\.)?otter\.ai\S*)\s*\Z", re.IGNORECASE)
_ENDS_A_SENTENCE = tuple(".?!…,;")


def named_under_times(lines: list[Line], starts: list[int], text: str) -> tuple[list[Line], list[int]] | None:
    """The lines with each line of times and the name below it as one label; None if the text is not written so.

    Captions have times on a line too, and words below them: a name is short, no sentence, and comes again.
    """
    timed = [at for at, line in enumerate(lines) if TIMING.match(line.text)]
    names = [lines[at + 1].text.strip() for at in timed if at + 2 < len(lines)]
    bare = any(below - at < 3 for at, below in pairwise(timed))
    if not timed or bare or len(names) < len(timed) or not all(map(_like_a_name, names)):
        return None
    if len(names) > 4 and len(set(names)) * 2 > len(names):
        return None
    joined, places = list(lines[: timed[0]]), starts[: timed[0]]
    for at, end, name in zip(timed, [*timed[1:], len(lines)], names, strict=True):
        upto = starts[at + 1] + len(lines[at + 1].text)
        times = TIMING.match(lines[at].text)
        assert times
        label = Label(name, upto - starts[at], seconds(times[1]), seconds(times[2]), sure=True)
        joined += [Line(lines[at].number, text[starts[at] : upto], opens=True, label=label)]
        joined += [replace(line, opens=False, label=None) for line in lines[at + 2 : end]]
        places += [starts[at], *starts[at + 2 : end]]
    return joined, places


def _like_a_name(line: str) -> bool:
    return 0 < len(line) <= LONGEST_LABEL and not line.endswith(_ENDS_A_SENTENCE)


def named_in_brackets(lines: list[Line], speakers: frozenset[str]) -> list[Line]:
    """The lines with `[id1] words` read as a label, if every block or every line begins so and the names come again.

    Else they stay as they are: `[laughs] yes` is no speaker.
    """
    marks = [_BRACKETED.match(line.text) for line in lines]
    everywhere = all(marks)
    labels = [
        _bracketed(mark) if mark and (line.opens or everywhere) else None
        for line, mark in zip(lines, marks, strict=True)
    ]
    names = [label.name for label in labels if label]
    silent = any(label is None for line, label in zip(lines, labels, strict=True) if line.opens or everywhere)
    if silent or (len(set(names)) == len(names) and not speakers.issuperset(names)):
        return lines
    return [replace(line, label=label) for line, label in zip(lines, labels, strict=True)]


def _bracketed(mark: re.Match[str]) -> Label | None:
    name = plain_name(mark[1])
    return Label(name, mark.end(), sure=True) if name else None


def end_of_speech(text: str) -> int:
    """Where the words end, before the line with which Otter signs."""
    signed = _SIGNED.search(text, max(0, len(text) - 200))
    return signed.start() if signed else len(text)
