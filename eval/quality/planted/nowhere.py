"""Quotes that nobody said."""

from __future__ import annotations

import re

from planted.making import Draft, Maker, kind
from planted.speech import Speech, expand


def nowhere(m: Maker, quote: str) -> Draft:
    return Draft(quote, within=m.rng.choice(m.transcript.chunks))


def sentence_of(m: Maker, text: str) -> str:
    text = text[:1].upper() + text[1:] if m.phrases.has_case else text
    return text if text[-1] in ".。" else text + m.phrases.stop


@kind(8, "none", "absent")
def short_absent(m: Maker) -> Draft | None:
    return nowhere(m, m.rng.choice(m.phrases.absent))


@kind(7, "none", "absent", "en de fi es ar hi")
def short_only_inside_word(m: Maker) -> Draft | None:
    core = m.rng.choice(m.transcript.tokens).core
    if len(core) < 5 or "\u00ad" in core:
        return None
    at = m.rng.randrange(1, len(core) - 2)
    piece = core[at : at + m.rng.choice((2, 3))]
    return nowhere(m, piece) if piece.isalpha() else None


@kind(20, "none", "far")
def invented(m: Maker) -> Draft | None:
    return nowhere(m, sentence_of(m, expand(m.rng, m.rng.choice(m.phrases.inventions), {})))


@kind(15, "none", "far")
def invented_with_real_phrase(m: Maker) -> Draft | None:
    pattern = m.rng.choice([p for p in m.phrases.inventions if "{real}" in p])
    real = expand(m.rng, m.rng.choice(m.transcript.speech.slots["circ"]), {}).replace("/", "")
    real = re.sub(r"#(\w+)=\d+", r"\1", real)
    return nowhere(m, sentence_of(m, expand(m.rng, pattern, {"real": (m.phrases.joint + real,)})))


@kind(20, "none", "far")
def paraphrase(m: Maker) -> Draft | None:
    return nowhere(m, expand(m.rng, m.rng.choice(m.phrases.paraphrases), {}))


@kind(20, "none", "far")
def other_transcript(m: Maker) -> Draft | None:
    tokens = Speech(m.rng, m.phrases).sentence()
    return nowhere(m, m.written(tokens)) if 8 <= len(tokens) <= 40 * m.unit else None
