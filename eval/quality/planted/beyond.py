"""Kinds that the README does not name: where the fold must not go too far, and a label copied along."""

from __future__ import annotations

from dataclasses import replace

from planted.altered import other_for
from planted.making import Draft, Maker, drawn, kind
from planted.speech import in_word


@kind(6, "altered", "marks", "en", beyond=True)
def apostrophe_dropped(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: "'" in token.core)
    if not tokens or "'" in tokens[0].text + tokens[-1].text or any(token.role == "quoted" for token in tokens):
        return None
    return drawn(tokens, m.written([replace(token, text=token.text.replace("'", "")) for token in tokens]))


@kind(8, "altered", "marks", "en de fi es ar hi", beyond=True)
def blank_closed(m: Maker) -> Draft | None:
    """Two words written as one ("no where", "nowhere")."""
    tokens = m.passage(8, 40)
    places = [at for at in m.inside(tokens) if tokens[at].gap == " " and in_word(tokens[at - 1].text[-1]) and at > 1]
    if not places:
        return None
    at = m.rng.choice(places)
    return drawn(tokens, m.written([*tokens[:at], replace(tokens[at], gap=""), *tokens[at + 1 :]]))


@kind(8, "altered", "marks", beyond=True)
def question_made_statement(m: Maker) -> Draft | None:
    tokens = m.passage(7, 40)
    if not tokens or tokens[-1].text[-1] not in "?؟？!！":
        return None
    return drawn(tokens, m.written([*tokens[:-1], replace(tokens[-1], text=tokens[-1].text[:-1] + m.phrases.stop)]))


@kind(6, "altered", "marks", "en de", beyond=True)
def superscript_flattened(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: "²" in token.text)
    if not tokens or any("²" in token.text for token in (tokens[0], *tokens[-2:])):
        return None
    return drawn(tokens, m.written(tokens).replace("²", "2"))


@kind(8, "altered", "near", beyond=True)
def digits_for_words(m: Maker) -> Draft | None:
    tokens = m.passage(6, 40, lambda token: token.role == "number word")
    return other_for(m, tokens, "number word", lambda token: token.other)


@kind(8, "altered", "near", beyond=True)
def label_put_before(m: Maker) -> Draft | None:
    """A sentence from the middle of a turn with the speaker's label copied before it."""
    tokens = m.passage(8, 40)
    if not tokens:
        return None
    number = m.transcript.number_of(tokens[0])
    turn = m.transcript.turn_of(number)
    label = m.transcript.labels[turn]
    names = [t for t in m.transcript.tokens[label:number] if t.role == "label"]
    if number - label < 12:
        return None
    return drawn(tokens, "".join(t.text + " " for t in names) + m.written(tokens))
