"""Quotes with parts left out, and quotes joined from what was said in two places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planted.altered import without_fillers
from planted.making import NEAR, Draft, Maker, drawn, kind
from planted.speech import Token
from planted.verbatim import other_case

ELISION_MARKS = (" ... ", " … ", "... ", "… ", " [...] ", " […] ", " (...) ")


def halves(m: Maker, sentences: int, low: int = 4) -> tuple[list[Token], list[Token], list[Token]] | None:
    """The beginning and the end of some sentences, and what lies between."""
    run = m.made(sentences)
    if not run:
        return None
    tokens = m.transcript.tokens[run[0].first : run[-1].last + 1]
    if len(tokens) < 12:
        return None
    a, b = sorted(m.rng.sample(range(3, len(tokens) - 3), 2))
    head, gone, tail = tokens[:a], tokens[a:b], tokens[b:]
    if min(m.size_of(head), m.size_of(tail)) < low * m.unit or len(gone) < 3 or not m.clear(run[0].first, run[-1].last):
        return None
    return head, gone, tail


def joined(m: Maker, parts: Sequence[Sequence[Token]], edited: Sequence[Sequence[Token]], mark: str) -> Draft:
    """Parts with a mark between them, or none."""
    pieces = tuple(m.written(part) for part in edited)
    span = (parts[0][0].start, parts[-1][-1].end)
    return Draft(mark.join(pieces), span, used=tuple(map(tuple, parts)), pieces=pieces)


@kind(20, "altered", "parts")
def elision(m: Maker) -> Draft | None:
    found = halves(m, m.rng.choice((1, 2, 2, 3)))
    return joined(m, found[::2], found[::2], m.rng.choice(ELISION_MARKS)) if found else None


@kind(8, "altered", "parts")
def elision_altered(m: Maker) -> Draft | None:
    found = halves(m, m.rng.choice((1, 2)), low=6)
    if not found:
        return None
    head, _, tail = found
    places = m.inside(head)
    if len(places) < 4:
        return None
    at = m.rng.choice(places)
    edited = [*head[:at], head[at].with_core(m.intruder()), *head[at + 1 :]]
    return joined(m, (head, tail), (edited, tail), m.rng.choice(ELISION_MARKS))


@kind(12, "altered", "near")
def silent_elision(m: Maker) -> Draft | None:
    found = halves(m, m.rng.choice((1, 1, 2)))
    if not found:
        return None
    head, gone, tail = found
    if m.size_of(gone) > NEAR * m.size_of([*head, *tail]):
        return None  # so much left out without a mark: nobody could say where it stands
    return drawn([*head, *tail], m.written([*head, *tail]))


@kind(10, "altered", "parts")
def cleaned_up(m: Maker) -> Draft | None:
    found = halves(m, m.rng.choice((1, 2)), low=5)
    if not found or any(part[0].group or part[-1].group for part in found[::2]):
        return None
    groups = [token.group for part in found[::2] for token in part if token.group]
    if not groups:
        return None
    edited = [without_fillers(m, part, groups) for part in found[::2]]
    draft = joined(m, found[::2], edited, m.rng.choice(ELISION_MARKS))
    return replace(draft, quote=other_case(m, draft.quote)) if m.phrases.has_case else draft


@kind(8, "altered", "parts")
def elision_across_turns(m: Maker) -> Draft | None:
    said = m.transcript.sentences
    at = m.rng.randrange(2, len(said))
    a, b, c = said[at - 2 : at + 1]
    if not (a.kind == c.kind == "made" and a.turn + 1 == b.turn == c.turn - 1 and m.clear(a.first, c.last)):
        return None
    return joined(m, (m.of(a), m.of(c)), (m.of(a), m.of(c)), m.rng.choice(ELISION_MARKS))


def joined_halves(m: Maker, mark: str) -> Draft | None:
    """The beginning of one sentence and the end of another, far away."""
    first, second = m.made(), m.made()
    if not first or not second or abs(first[0].first - second[0].first) < 600 // m.unit:
        return None
    (a,), (b,) = first, second
    head, tail = m.of(a)[: (a.last - a.first) // 2 + 1], m.of(b)[(b.last - b.first) // 2 + 1 :]
    if m.size(a.first, a.last) < 9 * m.unit or m.size(b.first, b.last) < 9 * m.unit:
        return None
    spans = tuple((m.of(s)[0].start, m.of(s)[-1].end) for s in (a, b))
    within = m.transcript.chunk_of(spans[0 if m.size_of(head) >= m.size_of(tail) else 1][0])
    used = (tuple(m.of(a)), tuple(m.of(b)))
    return Draft(m.written(head) + mark + m.written(tail), parts=spans, within=within, used=used)


@kind(16, "none altered", "joined")
def frankenstein(m: Maker) -> Draft | None:
    return joined_halves(m, m.phrases.joint)


@kind(8, "none altered", "joined")
def frankenstein_dots(m: Maker) -> Draft | None:
    return joined_halves(m, m.rng.choice(ELISION_MARKS))
