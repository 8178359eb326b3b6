"""Quotes with words changed, added, moved, dropped."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from planted.making import Draft, Maker, drawn, kind
from planted.speech import Token, in_word, squeezed
from planted.verbatim import invisibles, long_run, other_blanks, other_case, other_dashes, over_the_border


def changed(m: Maker, tokens: Sequence[Token], count: int, change: Callable[[Token], str | None]) -> Draft | None:
    """So many words inside the passage, changed one by one."""
    places = m.inside(tokens)
    if len(places) < count + 2:
        return None
    edited = list(tokens)
    for at in m.rng.sample(places, count):
        core = change(edited[at])
        if core is None or squeezed(core) == squeezed(edited[at].core):
            return None
        edited[at] = edited[at].with_core(core)
    return drawn(tokens, m.written(edited))


@kind(16, "altered", "near")
def word_substituted(m: Maker) -> Draft | None:
    return changed(m, m.passage(7, 40), 1, lambda _: m.intruder())


@kind(12, "altered", "near")
def two_words_substituted(m: Maker) -> Draft | None:
    return changed(m, m.passage(10, 45), 2, lambda _: m.intruder())


def other_for(m: Maker, tokens: Sequence[Token], role: str, change: Callable[[Token], str]) -> Draft | None:
    """One word of a role, changed or, where nothing is put in its place, left out."""
    places = m.inside(tokens, role)
    if not places:
        return None
    at = m.rng.choice(places)
    core = change(tokens[at])
    return drawn(tokens, m.written([*tokens[:at], *([tokens[at].with_core(core)] if core else []), *tokens[at + 1 :]]))


@kind(9, "altered", "near")
def negation_dropped(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: token.role == "negation")
    return other_for(m, tokens, "negation", lambda token: token.other)


@kind(9, "altered", "near")
def number_changed(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: token.role == "number")
    others = [str(number) for number in range(2, 99)]
    return other_for(m, tokens, "number", lambda token: m.rng.choice([n for n in others if n != token.core]))


@kind(10, "altered", "near")
def word_added(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    places = m.inside(tokens)
    if not places:
        return None
    at = m.rng.choice(places)
    return drawn(tokens, m.written([*tokens[:at], Token(m.intruder(), tokens[at].gap), *tokens[at:]]))


@kind(12, "altered", "near")
def word_order(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    pairs = [at for at in m.inside(tokens) if at + 1 in m.inside(tokens)]
    if not pairs:
        return None
    at = m.rng.choice(pairs)
    a, b = tokens[at : at + 2]
    return drawn(tokens, m.written([*tokens[:at], a.with_core(b.core), b.with_core(a.core), *tokens[at + 2 :]]))


def inflected(m: Maker, token: Token) -> str | None:
    """The word with another ending."""
    core = token.core
    endings = [(old, new) for old, new in m.phrases.endings if core.endswith(old) and len(core) > len(old) + 1]
    if not endings or not all(map(in_word, core)):
        return None
    old, new = m.rng.choice([pair for pair in endings if pair[0]] or endings)
    return core.removesuffix(old) + new


@kind(13, "altered", "near")
def inflection(m: Maker) -> Draft | None:
    return changed(m, m.passage(7, 40), m.rng.choice((1, 1, 2)), lambda token: inflected(m, token))


def mistyped(m: Maker, word: str) -> str:
    """A letter doubled, dropped, exchanged with the next, or another."""
    at = m.rng.randrange(1, len(word) - 1)
    how = m.rng.randrange(4)
    if how == 0:
        return word[:at] + word[at] + word[at:]
    if how == 1:
        return word[:at] + word[at + 1 :]
    if how == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + "x" + word[at + 1 :]


@kind(10, "altered", "near", "en de fi es ar")
def typos(m: Maker) -> Draft | None:
    tokens = m.passage(8, 40)
    places = [at for at in m.inside(tokens) if len(tokens[at].core) > 3 and tokens[at].core.isalpha()]
    if len(places) < 3:
        return None
    edited = list(tokens)
    for at in m.rng.sample(places, m.rng.randint(1, max(1, len(places) // 2))):
        edited[at] = edited[at].with_core(mistyped(m, edited[at].core))
    return drawn(tokens, m.written(edited))


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@kind(10, "altered", "near", "de fi es")
def diacritics_dropped(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    if not tokens or squeezed(without_accents(m.said(tokens))) == squeezed(m.said(tokens)):
        return None
    return drawn(tokens, m.written([replace(token, text=without_accents(token.text)) for token in tokens]))


@kind(8, "altered", "near", "en de fi es ar hi")
def repetition_removed(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: token.role == "again")
    places = m.inside(tokens, "again")
    return drawn(tokens, m.written([t for at, t in enumerate(tokens) if at != places[0]])) if places else None


def without_fillers(m: Maker, tokens: Sequence[Token], groups: Sequence[int]) -> list[Token]:
    """The words without some fillers, and mostly without the commas that stood around them."""
    found: list[Token] = []
    for token in tokens:
        if token.group in groups:
            if found and found[-1].comma_for_filler and m.rng.random() < 0.8:
                found[-1] = replace(found[-1], text=found[-1].text[:-1], comma_for_filler=False)
            continue
        found.append(token)
    return found


def fewer_fillers(m: Maker, tokens: Sequence[Token], count: int | None) -> Draft | None:
    """So many fillers dropped (all of them if None), none at the edges."""
    if not tokens or tokens[0].group or tokens[-1].group:
        return None
    groups = list(dict.fromkeys(token.group for token in tokens if token.group))
    if len(groups) < (count or 3):
        return None
    dropped = groups if count is None else m.rng.sample(groups, count)
    return drawn(tokens, m.written(without_fillers(m, tokens, dropped)))


@kind(15, "altered", "nearest")
def filler_dropped(m: Maker) -> Draft | None:
    return fewer_fillers(m, m.passage(7, 45, lambda token: token.role == "filler"), 1)


@kind(12, "altered", "nearest")
def two_fillers_dropped(m: Maker) -> Draft | None:
    return fewer_fillers(m, m.passage(8, 45, lambda token: token.role == "filler"), 2)


@kind(12, "altered", "nearest")
def all_fillers_dropped(m: Maker) -> Draft | None:
    return fewer_fillers(m, m.passage(10, 50, lambda token: token.role == "filler"), None)


@kind(13, "altered", "near")
def bracket_inserted(m: Maker) -> Draft | None:
    tokens = m.passage(8, 40)
    places = m.inside(tokens)
    if not places:
        return None
    at = m.rng.choice(places)
    opening, closing = m.rng.choice(("[]", "[]", "()"))
    word = m.rng.choice((m.intruder(), f"{m.intruder()}{m.phrases.joint}{m.intruder()}", "sic"))
    added = Token(f"{opening}{word}{closing}", tokens[at].gap)
    kept = tokens[at:] if m.rng.random() < 0.7 else [added, *tokens[at + 1 :]][1:]
    return drawn(tokens, m.written([*tokens[:at], added, *kept]))


@kind(8, "altered", "near")
def two_turns_label_dropped(m: Maker) -> Draft | None:
    found = over_the_border(m)
    if not found:
        return None
    before, _, after = found
    gap = m.rng.choice(("\n\n", " "))
    return drawn([*before, *after], m.written([*before, replace(after[0], gap=gap), *after[1:]]))


@kind(10, "altered", "near")
def altered_and_folded(m: Maker) -> Draft | None:
    draft = changed(m, m.passage(8, 40), 1, lambda _: m.intruder())
    step = m.rng.choice((other_case, other_blanks, other_dashes, invisibles))
    return replace(draft, quote=step(m, draft.quote)) if draft else None


@kind(7, "altered", "near")
def long_one_word_changed(m: Maker) -> Draft | None:
    return changed(m, long_run(m), 1, lambda _: m.intruder())


@kind(12, "altered none", "nearest")
def heavy_edit(m: Maker) -> Draft | None:
    tokens = m.passage(10, 40)
    return changed(m, tokens, round(0.4 * len(tokens)), lambda _: m.rng.choice(m.phrases.intruders)) if tokens else None


@kind(8, "altered none", "near", "en de fi es ar hi")
def short_altered(m: Maker) -> Draft | None:
    begin = m.rng.randrange(len(m.transcript.tokens) - 5)
    tokens = m.transcript.tokens[begin : begin + m.rng.choice((3, 4))]
    places = m.inside(tokens)
    if not places or any(token.role not in ("", "number") for token in tokens) or not m.within_a_turn(tokens):
        return None
    at = m.rng.choice(places)
    return drawn(tokens, m.written([*tokens[:at], tokens[at].with_core(m.intruder()), *tokens[at + 1 :]]))
