"""difflib over words, as tools write it themselves: the quote as it is, its words as they are, then a ratio of 0.6."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from answering import answer, arguments

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
CUTOFF = 0.6


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """The place of the quote: by equality, else around the longest run of words that both have."""
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    words = [(match.group().casefold(), *match.span()) for match in _WORD.finditer(text)]
    wanted = [match.group().casefold() for match in _WORD.finditer(quote)]
    spoken = [word for word, _, _ in words]
    if not wanted or not words:
        return None
    for begin in range(len(spoken) - len(wanted) + 1):
        if spoken[begin] == wanted[0] and spoken[begin : begin + len(wanted)] == wanted:
            return _with_edges(quote, text, words[begin][1], words[begin + len(wanted) - 1][2])
    place = _around_the_longest(wanted, spoken)
    return _with_edges(quote, text, words[place[0]][1], words[place[1]][2]) if place else None


def _around_the_longest(wanted: list[str], spoken: list[str]) -> tuple[int, int] | None:
    """The first and last word of a window around the longest run that both have, if it is near enough."""
    anchor = SequenceMatcher(None, spoken, wanted, autojunk=False).find_longest_match()
    slack = len(wanted) // 3 + 1
    begin = max(0, anchor.a - anchor.b - slack)
    window = spoken[begin : anchor.a - anchor.b + len(wanted) + slack]
    blocks = [b for b in SequenceMatcher(None, window, wanted, autojunk=False).get_matching_blocks() if b.size]
    if not blocks:
        return None
    first, last = blocks[0].a, blocks[-1].a + blocks[-1].size - 1
    ratio = SequenceMatcher(None, window[first : last + 1], wanted, autojunk=False).ratio()
    return (begin + first, begin + last) if ratio >= CUTOFF else None


def _with_edges(quote: str, text: str, start: int, end: int) -> tuple[int, int]:
    """The place with the marks before and after it that the quote has there too."""
    places = [match.span() for match in _WORD.finditer(quote)]
    head, tail = quote[: places[0][0]], quote[places[-1][1] :]
    start -= len(head) if head and text.endswith(head, 0, start) else 0
    return start, end + (len(tail) if tail and text.startswith(tail, end) else 0)


def main() -> None:
    answer(arguments().parse_args(), lambda _language: locate)


if __name__ == "__main__":
    main()
