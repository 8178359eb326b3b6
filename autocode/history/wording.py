"""In what two wordings of a field differ, word by word.

A hash counts every sign but white space, so words are compared as they are written: a capital or a comma that was
changed is shown. (`autocode.word_diff` compares what was said, and folds both.)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from autocode.codebook import folded
from autocode.data import FieldChange, Wording, Words

# Scripts without blanks between words are compared sign by sign.
_SIGNS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_PIECE = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+(?:['\u2019-][^\W{_SIGNS}]+)*|[^\w\s]")
_ONE_ITEM = 0.4
"""Two items of a list that share so much are one item, edited."""
_MOST_PIECES = 2_000
"""Longer texts are shown one after the other: comparing them would take longer than reading them."""


def wording(before: str, after: str) -> tuple[Words, ...]:
    """The words of two texts in one line: kept, dropped from the first, or added in the second.

    Each run keeps the blank that follows it, so that what was kept and added is the second text, letter by letter.

    >>> [(w.change, w.words) for w in wording("Something a manager did.", "Something a direct manager did.")]
    [('kept', 'Something a '), ('added', 'direct '), ('kept', 'manager did.')]
    """
    old, new = folded(before), folded(after)
    ours, theirs = [*_PIECE.finditer(old)], [*_PIECE.finditer(new)]
    found = tuple(_runs(old, new, ours, theirs))
    if old != new and all(run.change == "kept" for run in found):  # only blanks beside signs differ: "a ,b", "a, b"
        return Words(change="dropped", words=old), Words(change="added", words=new)
    return found


def _runs(old: str, new: str, ours: Sequence[re.Match[str]], theirs: Sequence[re.Match[str]]) -> Iterator[Words]:
    if max(len(ours), len(theirs)) > _MOST_PIECES and old != new:
        yield from _run("dropped", old, ours)
        yield from _run("added", new, theirs)
        return
    matcher = difflib.SequenceMatcher(None, [m[0] for m in ours], [m[0] for m in theirs], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from _run("kept", new, theirs[c:d])
            continue
        yield from _run("dropped", old, ours[a:b])
        yield from _run("added", new, theirs[c:d])


def _run(change: Wording, text: str, pieces: Sequence[re.Match[str]]) -> Iterator[Words]:
    """Some neighbouring pieces of a text, with the blank that follows them."""
    if pieces:
        end = pieces[-1].end()
        yield Words(change=change, words=text[pieces[0].start() : end + (text[end : end + 1] == " ")])


def field_change(field: str, before: str, after: str) -> FieldChange:
    """A field that holds one text, before and after."""
    return FieldChange(field=field, before=before, after=after, words=wording(before, after))


def item_changes(field: str, before: Sequence[str], after: Sequence[str]) -> list[FieldChange]:
    """The items of a list that were added, dropped or edited; those that stayed, or only changed places, are left out.

    Lists with the same items in another order give one change, of their order.
    """
    old, new = [folded(item) for item in before], [folded(item) for item in after]
    found: list[FieldChange] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [field_change(field, was, is_) for was, is_ in _paired(old[a:b], new[c:d])]
    if sorted(old) == sorted(new):
        return [FieldChange(field=field, before="; ".join(old), after="; ".join(new), order=True)] if found else []
    return found


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Items side by side where one is the other edited, else each by itself."""
    for was, is_ in zip_longest(old, new, fillvalue=""):
        alike = difflib.SequenceMatcher(None, was.split(), is_.split(), autojunk=False).ratio() if was and is_ else 1
        if alike >= _ONE_ITEM:
            yield was, is_
        else:
            yield was, ""
            yield "", is_
