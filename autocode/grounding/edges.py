"""Whether a quote that begins or ends at some place leaves the words there whole.

A quote that is cut off inside a word ("the mana") is still verbatim, if it is long enough. It is not where the cut
makes another word of it: "can" of "can't", "happy" of "unhappy", "3" of "3.50", "papa" of "papá".
"""

from __future__ import annotations

import re

from autocode.data import Span
from autocode.grounding.folding import is_invisible, is_unspaced, joins
from autocode.grounding.prepared import search_words
from autocode.grounding.word_lists import negates, negations

_PART_BEFORE = re.compile(r"[\w'’\u00ad]*(?:[-‐‑][\w'’\u00ad]*)?\Z")
_PART_AFTER = re.compile(r"[\w'’\u00ad]*")
_OPENING = " \t\n\u00a0\u2009\u202f([{'\"“‘«„"
_REACH = 40
"""How many characters of a word are looked at."""
# Digits go on over these: "3.50", "1,000", "10:30", "2-5", "1 000" with a blank that does not break.
_IN_NUMBER = ".,:/'’-‐‑–\u00a0\u2009\u202f"


def is_border(text: str, at: int) -> bool:
    """Whether a word ends or begins here. An apostrophe or a soft hyphen inside a word ("we're") is part of it."""
    left, right = at, at
    while left > 0 and is_invisible(text[left - 1]):
        left -= 1
    while right < len(text) and is_invisible(text[right]):
        right += 1
    if left <= 0 or right >= len(text):
        return True
    before, after = text[left - 1], text[right]
    if before in "'’" and left > 1:
        before = text[left - 2] if after.isalnum() else " "
    elif after in "'’" and right + 1 < len(text):
        after = text[right + 1] if before.isalnum() else " "
    return not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return (character.isalnum() or joins(character)) and not is_unspaced(character)


def makes_another_word(text: str, span: Span) -> bool:
    """Whether a stretch of text begins or ends so that a word or a number in it is not the one that was said."""
    return is_torn_before(text, span) or is_torn_after(text, span)


def is_torn_before(text: str, span: Span) -> bool:
    """Whether the first word is another without what stands before it: an accent, a digit, a minus, an "un"."""
    at = span.start
    if _splits_a_sign(text, at) or _splits_a_number(text, at) or _has_a_sign_before(text, at):
        return True
    part = _before(text, at)
    return bool(part) and (negates(_plain(part), "") or _says_no(part + _after(text, at)))


def is_torn_after(text: str, span: Span) -> bool:
    """Whether the last word is another without what stands after it: an accent, a digit, an "n't", a "less"."""
    at = span.end
    if _splits_a_sign(text, at) or _splits_a_number(text, at):
        return True
    part = _after(text, at)
    return bool(part) and (negates("", _plain(part)) or _says_no(_before(text, at) + part))


def _splits_a_sign(text: str, at: int) -> bool:
    """Whether a letter is parted here from its accent or vowel sign."""
    return 0 < at < len(text) and joins(text[at]) and not _is_variation_selector(text[at])


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f"


def _splits_a_number(text: str, at: int) -> bool:
    """Whether digits stand on both sides, with at most one mark between them, or letters that belong to digits."""
    before, after = text[max(0, at - 2) : at], text[at : at + 2]
    if not before or not after:
        return False
    left, right = before[-1], after[0]
    if left.isnumeric() and right in _IN_NUMBER:
        return after[1:].isnumeric()
    if right.isnumeric() and left in _IN_NUMBER:
        return before[:-1].isnumeric()
    in_one_word = left.isalnum() and right.isalnum() and not is_unspaced(left) and not is_unspaced(right)
    return in_one_word and (left.isnumeric() or right.isnumeric())


def _has_a_sign_before(text: str, at: int) -> bool:
    """Whether a minus or a decimal point stands before the digits that begin here, with nothing before it."""
    before, after = text[max(0, at - 2) : at], text[at : at + 1]
    return after.isnumeric() and before[-1:] in set("-−.,") and not before[:-1].strip(_OPENING)


def _before(text: str, at: int) -> str:
    """The part of a word that stands before a place in it; nothing at the beginning of a word."""
    if not text[max(0, at - 1) : at].strip() or is_unspaced(text[at - 1]):
        return ""
    part = _PART_BEFORE.search(text, max(0, at - _REACH), at)
    return part.group() if part and any(map(str.isalnum, part.group())) else ""


def _after(text: str, at: int) -> str:
    """The part of a word that stands after a place in it; nothing at the end of a word."""
    if not text[at : at + 1].strip() or is_unspaced(text[at]):
        return ""
    part = _PART_AFTER.match(text, at, at + _REACH)
    return part.group() if part and any(map(str.isalnum, part.group())) else ""


def _plain(part: str) -> str:
    """A part of a word as the search compares it."""
    return "".join(search_words(part))


def _says_no(word: str) -> bool:
    return bool(negations(search_words(word)))
