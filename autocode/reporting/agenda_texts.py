"""Words of transcripts as they stand in a cell: cut to a length, without signs that office programs refuse."""

from __future__ import annotations

import re

MOST = 2_000
"""So many characters of a passage are shown; a whole interview is no cell."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LEFT_OUT = " […] "


def in_short(words: str, *, most: int = MOST, end: bool | None = None) -> str:
    """The words, where they are long without their middle; with `end` only the last of them, with False the first.

    >>> in_short("one two three four", most=12), in_short("one two three four", most=12, end=True)
    ('one […] four', ' […] three four')
    """
    if len(words) <= most:
        return words
    room = most // 2 if end is None else most
    first, last = words[:room].rsplit(maxsplit=1)[0], words[-room:].split(maxsplit=1)[-1]
    return ("" if end else first) + _LEFT_OUT + ("" if end is False else last)


def legible(text: str) -> str:
    """The text, with a sign in place of each character that XLSX and DOCX cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)[:32_000]


def clock(seconds: float | None) -> str:
    """A time on the tape as 00:04:10; blank where it is not known."""
    if seconds is None:
        return ""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
