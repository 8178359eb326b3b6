"""Quotes that are verbatim, or but for typography."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from planted.making import Draft, Maker, drawn, kind
from planted.speech import Token, in_word, plain_words, squeezed

OUTER_MARKS = '“”„«»「」"＂'
CJK = "[\u3000-\u30ff\u3400-\u9fff]"
"""Signs of a script without blanks; blanks beside them count for nothing."""
INNER_MARKS = "‘’‚‹›『』'"


@kind(12, "exact", "once")
def verbatim(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    return drawn(tokens, m.said(tokens)) if tokens else None


@kind(8, "exact", "once")
def edge_punctuation_dropped(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    if not tokens or in_word(tokens[-1].text[-1]) or not tokens[-1].core:
        return None
    quote = m.said(tokens).rstrip(".,;:!?。、！？،؟")
    return Draft(quote, (tokens[0].start, tokens[0].start + len(quote)), used=(tuple(tokens),))


@kind(7, "exact", "once")
def cut_in_word(m: Maker) -> Draft | None:
    tokens = m.passage(7, 30)
    if not tokens or len(tokens[-1].core) < 5 or not tokens[-1].text.startswith(tokens[-1].core):
        return None
    cut = m.rng.randrange(2, len(tokens[-1].core) - 1)
    if not tokens[-1].text[cut - 1 : cut + 1].isalpha():
        return None
    end = tokens[-1].start + cut
    return Draft(m.transcript.text[tokens[0].start : end], (tokens[0].start, end), used=(tuple(tokens),))


@kind(7, "exact", "once")
def regex_characters(m: Maker) -> Draft | None:
    tokens = m.passage(7, 50, lambda token: token.role == "odd")
    return drawn(tokens, m.said(tokens)) if tokens else None


@kind(7, "exact", "once")
def emoji(m: Maker) -> Draft | None:
    tokens = m.passage(7, 60)
    return drawn(tokens, m.said(tokens)) if tokens and any(t.role == "emoji" for t in tokens) else None


def long_run(m: Maker) -> list[Token]:
    """A hundred words and more, over turns, in one passage."""
    tokens = m.transcript.tokens
    first = m.rng.randrange(len(tokens) - 260)
    last = first + m.rng.randrange(100, 250)
    return tokens[first : last + 1] if m.clear(first, last) and tokens[first].role != "label" else []


@kind(6, "exact", "once")
def long_verbatim(m: Maker) -> Draft | None:
    tokens = long_run(m)
    return drawn(tokens, m.said(tokens)) if tokens else None


def over_the_border(m: Maker) -> tuple[list[Token], list[Token], list[Token]] | None:
    """The last sentence of a turn, the next turn's label, and its first sentence."""
    at = m.rng.randrange(1, len(m.transcript.sentences))
    before, after = m.transcript.sentences[at - 1 : at + 1]
    if before.turn == after.turn or m.size(before.first, after.last) < 8 * m.unit:
        return None
    if not m.clear(before.first, after.last):
        return None
    return m.of(before), m.transcript.tokens[before.last + 1 : after.first], m.of(after)


@kind(7, "exact", "once")
def two_turns(m: Maker) -> Draft | None:
    found = over_the_border(m)
    tokens = [*chain.from_iterable(found)] if found else []
    return drawn(tokens, m.said(tokens)) if tokens else None


def standing(m: Maker, words: str, within: tuple[int, int]) -> tuple[list[int], list[int]]:
    """Where some words stand by themselves: letter by letter, and whatever their case and marks."""
    text = m.transcript.text
    exact = [
        at.start()
        for at in re.finditer(re.escape(words), text[: within[1]])
        if at.start() >= within[0] and _borders(text, at.start(), at.end())
    ]
    wanted = plain_words(words)
    begin, spoken = m.transcript.first_word, m.transcript.words
    any_case = [
        token.start
        for number, token in enumerate(m.transcript.tokens)
        if within[0] <= token.start < within[1] and spoken[begin[number] : begin[number] + len(wanted)] == wanted
    ]
    return exact, any_case


def _borders(text: str, start: int, end: int) -> bool:
    def joined(at: int) -> bool:
        """Whether a letter goes on here; an apostrophe or a soft hyphen inside a word is part of it."""
        return 0 < at < len(text) and all(in_word(c) or c in "'’\u00ad" for c in text[at - 1 : at + 1])

    return not joined(start) and not joined(end)


def recurring(m: Maker, kinds: tuple[str, ...], here: Callable[[int], bool], everywhere: int) -> Draft | None:
    """A whole sentence that stands so often in its passage, and so often in all."""
    sentence = m.rng.choice([s for s in m.transcript.sentences if s.kind in kinds])
    quote = m.said(m.of(sentence))
    within = m.transcript.chunk_of(m.of(sentence)[0].start)
    exact, any_case = standing(m, quote, within)
    whole, _ = standing(m, quote, (0, len(m.transcript.text)))
    if not exact or (len(exact) > 1) != (len(any_case) > 1) or not here(len(exact)) or len(whole) < everywhere:
        return None
    if m.unit == 2 and squeezed(m.transcript.text[within[0] : within[1]]).count(squeezed(quote)) != len(exact):
        return None
    return Draft(quote, (exact[0], exact[0] + len(quote)), ambiguous=len(exact) > 1, within=within)


@kind(10, "exact", "free")
def repeated_elsewhere(m: Maker) -> Draft | None:
    return recurring(m, ("refrain", "question"), lambda n: n == 1, 2)


@kind(8, "exact", "free")
def repeated_inside(m: Maker) -> Draft | None:
    return recurring(m, ("refrain", "question"), lambda n: n > 1, 2)


@kind(12, "exact", "free")
def short(m: Maker) -> Draft | None:
    return recurring(m, ("answer",), lambda n: n > 0, 1)


@kind(7, "exact", "free", "en de fi es")
def short_inside_word(m: Maker) -> Draft | None:
    token = m.rng.choice(m.transcript.tokens)
    word = token.text
    if not (2 <= len(word) <= 3 and word.isalpha()):
        return None
    within = m.transcript.chunk_of(token.start)
    exact, any_case = standing(m, word, within)
    first = m.transcript.text.find(word, *within)
    if not exact or first >= exact[0] or (len(exact) > 1) != (len(any_case) > 1):
        return None
    return Draft(word, (exact[0], exact[0] + len(word)), ambiguous=len(exact) > 1, within=within)


@kind(13, "exact", "once")
def outside(m: Maker) -> Draft | None:
    tokens = m.passage(8, 40)
    others = [c for c in m.transcript.chunks if tokens and c != m.transcript.chunk_of(tokens[0].start)]
    return replace(drawn(tokens, m.said(tokens)), outside=True, within=m.rng.choice(others)) if tokens else None


def refolded(m: Maker, tokens: Sequence[Token], change: Callable[[str], str]) -> Draft | None:
    """The same words in other typography, if that changed a character."""
    if not tokens:
        return None
    quote = change(m.said(tokens))
    return drawn(tokens, quote) if m.said(tokens) not in quote and quote.strip() not in m.transcript.text else None


def other_case(m: Maker, text: str) -> str:
    return m.rng.choice((str.upper, str.lower, str.swapcase, str.title))(text)


@kind(10, "folded", "once", "en de fi es")
def case(m: Maker) -> Draft | None:
    return refolded(m, m.passage(7, 40), lambda text: other_case(m, text))


def other_marks(m: Maker, text: str) -> str:
    """Other quote marks in the place of each."""
    a, b, c, d = tuple(m.rng.choice((*m.phrases.marks, "“”‘’", "„“‚‘", "\"\"''")))
    opened = False
    found = []
    for at, sign in enumerate(text):
        apostrophe = sign in "'’" and 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
        if apostrophe:
            found.append(m.rng.choice("'’"))
        elif sign in OUTER_MARKS:
            opened = not opened
            found.append(a if opened else b)
        elif sign in INNER_MARKS:
            found.append(c if text[at - 1 : at].isspace() or text[at - 1 : at] in "、،," else d)
        else:
            found.append(sign)
    return "".join(found)


@kind(10, "folded", "once")
def quote_marks(m: Maker) -> Draft | None:
    tokens = m.passage(7, 50, lambda token: token.role == "quoted")
    return refolded(m, tokens, lambda text: other_marks(m, text))


_DASH = re.compile(r"\s*[—–―]+\s*|\s+-{1,2}\s+")


def other_dashes(m: Maker, text: str) -> str:
    return _DASH.sub(lambda _: m.rng.choice(("—", " — ", " – ", " -- ", "--", " - ")), text)


@kind(10, "folded", "once")
def dash(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40, lambda token: bool(_DASH.fullmatch(token.gap)))
    return refolded(m, tokens, lambda text: other_dashes(m, text))


def other_blanks(m: Maker, text: str) -> str:
    """Blanks doubled, tabs, no-break and thin spaces, line breaks; in Japanese, blanks where there were none."""

    def blank() -> str:
        return m.rng.choice(("\n", "  ", "\t", "\u00a0", "\u2009", " \n", "\u3000", "\r\n"))

    if m.phrases.joint:
        return re.sub(r"\s+", lambda gap: blank() if m.rng.random() < 0.4 else gap.group(), text)
    often = m.rng.choice((0.06, 0.06, 0.5))
    return re.sub(f"(?<={CJK})(?=.)|(?=(?!^){CJK})", lambda _: blank() if m.rng.random() < often else "", text)


@kind(12, "folded", "once")
def whitespace(m: Maker) -> Draft | None:
    return refolded(m, m.passage(7, 40), lambda text: other_blanks(m, text))


def invisibles(m: Maker, text: str) -> str:
    """Zero-width and direction marks strewn in, soft hyphens dropped."""
    text = text.replace("\u00ad", "")
    signs = "\u200b\u2060\u200e\u200f\ufeff\u00ad"
    return "".join(c + (m.rng.choice(signs) if at and m.rng.random() < 0.05 else "") for at, c in enumerate(text))


@kind(12, "folded", "once")
def invisible(m: Maker) -> Draft | None:
    return refolded(m, m.passage(7, 40), lambda text: invisibles(m, text))


@kind(8, "folded", "once")
def ellipsis_character(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40, lambda token: "…" in token.text or "..." in token.text)
    return refolded(m, tokens, lambda text: text.replace("…", "\0").replace("...", "…").replace("\0", "..."))


_HALF_WIDTH = {
    unicodedata.normalize("NFKC", half): half
    for code in range(0xFF66, 0xFF9E)
    for half in (chr(code), chr(code) + "ﾞ", chr(code) + "ﾟ")
    if len(unicodedata.normalize("NFKC", half)) == 1
}
_LIGATURES = {"ffi": "ﬃ", "fi": "ﬁ", "fl": "ﬂ", "ff": "ﬀ", "لا": "ﻻ", "ين": "ﻳﻦ"}


def other_forms(m: Maker, text: str) -> str:
    """Full-width digits and letters, half-width kana, ligatures, decomposed letters."""
    if m.unit == 2:
        return "".join(_HALF_WIDTH.get(c, chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c) for c in text)
    if m.rng.random() < 0.5:
        return unicodedata.normalize(m.rng.choice(("NFD", "NFC")), text)
    for letters, form in _LIGATURES.items():
        text = text.replace(letters, form)
    wide = m.rng.random() < 0.5
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and (c.isdigit() or (wide and c.isalpha())) else c for c in text)


@kind(10, "folded", "once")
def compatibility_forms(m: Maker) -> Draft | None:
    return refolded(m, m.passage(7, 40), lambda text: other_forms(m, text))


@kind(10, "folded", "once")
def folded_mix(m: Maker) -> Draft | None:
    steps = m.rng.sample((other_case, other_marks, other_dashes, other_blanks, invisibles, other_forms), 3)

    def change(text: str) -> str:
        for step in steps:
            text = step(m, text)
        return text

    return refolded(m, m.passage(7, 40), change)


@kind(8, "folded", "once")
def two_turns_one_line(m: Maker) -> Draft | None:
    found = over_the_border(m)
    return refolded(m, [*chain.from_iterable(found or ())], lambda text: re.sub(r"\s*\n\s*", " ", text))


@kind(7, "folded exact", "once")
def wrapped_in_quote_marks(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    if not tokens or tokens[0].text[0] in OUTER_MARKS + INNER_MARKS or tokens[-1].text[-1] in OUTER_MARKS + INNER_MARKS:
        return None
    opening, closing = m.rng.choice(("“”", '""', "''", "‘’", "«»", "„“", "「」"))
    return drawn(tokens, opening + m.said(tokens) + closing)


@kind(7, "folded altered", "once")
def edge_punctuation_swapped(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    if not tokens or tokens[-1].text[-1] in "?!؟？！.。" or tokens[-1].role in ("odd", "emoji", "quoted"):
        return None
    quote = m.said(tokens).rstrip(",،、")
    return drawn(tokens, quote + m.rng.choice((".", ";"))) if in_word(quote[-1]) else None


@kind(7, "altered folded", "once")
def comma_dropped(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    places = [at for at, token in enumerate(tokens[:-1]) if token.text[-1] in ",،、"]
    if not places:
        return None
    at = m.rng.choice(places)
    return drawn(tokens, m.written([*tokens[:at], replace(tokens[at], text=tokens[at].text[:-1]), *tokens[at + 1 :]]))
