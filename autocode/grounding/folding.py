"""The fold: what counts as typography and not as words, with a map back to the source.

Folded away are case, white space and line ends, invisible characters, Unicode's compatibility forms, and the shape of
quote marks, dashes and the ellipsis. Kept are diacritics, apostrophes, hyphens inside words, the spaces between words,
and every `?` and `!`: "we're" is not "were", "no where" is not "nowhere", "You trust him?" is not "You trust him."
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from autocode.data import Span

_QUOTE_MARKS = frozenset("'\"‘’‚‛“”„‟«»‹›`´′″＇＂「」『』〝〞〟")
_DASHES = frozenset("–—‒―")
_HYPHENS = frozenset("‐‑−﹣－")
# "10²" is not "102", "½" not "1/2", "①" not "1": these forms are left as they are.
_KEPT_FORMS = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
_DASH = re.compile(r" *(?:—|--)[—-]* *| +-(?= ) +")
_CJK = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK_SIGN = re.compile(f"[{_CJK}]")
_UNSPACED_SIGN = re.compile(f"[{_CJK}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_BLANKS = re.compile(rf" {{2,}}|(?<=[{_CJK}]) | (?=[{_CJK}])")
_ASCII = re.compile(r"[\x00-\x7f]+")
_PLAIN = {ord(sign): "'" for sign in '"`'} | {code: " " for code in range(128) if chr(code).isspace()}


def joins(character: str) -> bool:
    """Whether a character belongs to the one before it: combining and voiced marks, Hangul vowels, tags of flags."""
    return (
        unicodedata.category(character)[0] == "M"
        or character in "ﾞﾟ"
        or "\u1160" <= character <= "\u11ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def is_invisible(character: str) -> bool:
    """Whether a character only says how others are set: a soft hyphen, a joiner, a mark of direction."""
    return unicodedata.category(character) == "Cf"


def is_unspaced(character: str) -> bool:
    """Whether a script writes this character without blanks between words: Chinese, Japanese, Thai, Khmer, Burmese."""
    return character > "\u0dff" and _UNSPACED_SIGN.match(character) is not None


def _is_cjk(character: str) -> bool:
    """Whether blanks beside this character say nothing. In Thai they end a clause, so there they are kept."""
    return _CJK_SIGN.match(character) is not None


@lru_cache(maxsize=65536)
def _fold_cluster(cluster: str) -> str:
    """The folded form of one character with its combining marks; white space becomes one blank."""
    first = cluster[0]
    if first in _QUOTE_MARKS:
        return "'"
    if first in _DASHES:
        return "—"
    if first in _HYPHENS:
        return "-"
    if first.isspace():
        return " "
    if first == "⋯":
        return "..."
    kept = "".join(c for c in cluster if not is_invisible(c) and not _is_variation_selector(c))
    if unicodedata.decomposition(first).startswith(_KEPT_FORMS):
        return kept
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())
    return folded.replace("i\u0307", "i")  # the Turkish "İ" is the capital of "i": its dot is that of every small i


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """A text cut into runs of ASCII and, between them, single characters with their combining marks."""
    at = 0
    while at < len(text):
        run = _ASCII.match(text, at)
        end = run.end() if run else at + 1
        if end < len(text) and joins(text[end]):
            if run and end - 1 > at:
                yield at, end - 1  # all but the character that the mark belongs to
                at = end - 1
            while end < len(text) and joins(text[end]):
                end += 1
        yield at, end
        at = end


@dataclass(frozen=True)
class Folded:
    """A folded text, with the place in the source that each of its characters comes from."""

    text: str
    starts: list[int]
    ends: list[int]

    def source(self, start: int, end: int) -> Span:
        """The stretch of the source that a stretch of the folded text comes from."""
        return Span(self.starts[start], self.ends[end - 1])

    def splits_a_character(self, start: int, end: int) -> bool:
        """Whether a stretch begins or ends within what was one character of the source ("ß" is folded to "ss")."""
        return (start > 0 and self.starts[start] == self.starts[start - 1]) or (
            end < len(self.text) and self.starts[end] == self.starts[end - 1]
        )


@lru_cache(maxsize=8)
def fold(text: str) -> Folded:
    """A text with its typography folded away, and the map back.

    >>> fold("He said:  “I’m  HERE” – now").text
    "he said: 'i'm here'—now"
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _stretches(text):
        stretch = text[start:end]
        if stretch.isascii():  # one character for one, which is most of most interviews
            pieces.append(stretch.lower().translate(_PLAIN))
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            piece = _fold_cluster(stretch)
            pieces.append(piece)
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
    first = Folded("".join(pieces), starts, ends)
    return _rewrite(_rewrite(first, _DASH, lambda _text, _match: "—"), _BLANKS, _blank)


def _blank(text: str, match: re.Match[str]) -> str:
    """One blank for a run of them, none beside a character of a script without blanks."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return "" if (before and _is_cjk(before)) or (after and _is_cjk(after)) else " "


def _rewrite(folded: Folded, pattern: re.Pattern[str], replace: Callable[[str, re.Match[str]], str]) -> Folded:
    """The text with each match replaced by at most one character, which stands for the whole of the match."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(folded.text):
        new = replace(folded.text, match)
        pieces += [folded.text[done : match.start()], new]
        starts += folded.starts[done : match.start()] + [folded.starts[match.start()]] * len(new)
        ends += folded.ends[done : match.start()] + [folded.ends[match.end() - 1]] * len(new)
        done = match.end()
    if not done:
        return folded
    return Folded("".join(pieces) + folded.text[done:], starts + folded.starts[done:], ends + folded.ends[done:])
