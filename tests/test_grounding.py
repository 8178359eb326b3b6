"""Grounding: where a quote stands, and that a changed word is never hidden."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.grounding.folding import fold

ALPHABET = st.characters(exclude_categories=("Cs",))
WORD = st.text("abcdefghijklmnopqrstuvwxyzäßéñсловоكلمة", min_size=4, max_size=9)

TEXT = (
    "INT: What helped?\n"
    "P1: She said: “I’m going to move two deadlines – for you.” I know. I can't re-sign now…\n"
    "P1: We were 10² people, weren't we? It was personal.\n"
    "P2: I know. 毎日 大変でした。でも、助かりました。 مرحبا بكم\n"
)


@pytest.mark.parametrize(
    ("quote", "match", "found"),
    [
        ("move two deadlines", "exact", "move two deadlines"),
        ('"I\'m going to move two deadlines - for you."', "folded", "“I’m going to move two deadlines – for you.”"),
        ("MOVE TWO DEADLINES", "folded", "move two deadlines"),
        ("two deadlines—for you", "folded", "two deadlines – for you"),
        ("I can't re-sign now...", "folded", "I can't re-sign now…"),
        ("'move two deadlines.'", "folded", "move two deadlines"),
        ("move  two\ndeadlines", "folded", "move two deadlines"),
        ("mo\u00adve two dead\u200blines", "folded", "move two deadlines"),
        ("毎日大変でした。", "folded", "毎日 大変でした。"),
        ("助かりました", "exact", "助かりました"),
        ("مرحبا بكم", "exact", "مرحبا بكم"),
        ("going to move three deadlines for you", "altered", "going to move two deadlines – for you"),
        ("going to move two deadlines for you", "altered", "going to move two deadlines – for you"),
        ("She can't resign now I know", "none", None),
        ("na", "none", None),
        ("person", "none", None),
        ("We", "exact", "We"),
        ("nobody ever said this at all", "none", None),
        ("We were 102 people", "altered", "We were 10² people"),
        ("weren't we", "exact", "weren't we"),
        ("We were 10² people, weren't we?", "exact", "We were 10² people, weren't we?"),
        ("We were 10² people, weren't we.", "altered", "We were 10² people, weren't we"),
        ("It was personal!", "altered", "It was personal"),
    ],
)
def test_what_a_quote_is_called_and_what_is_shown(quote: str, match: str, found: str | None) -> None:
    grounding = ac.ground(quote, TEXT)
    shown = TEXT[grounding.span.start : grounding.span.end] if grounding.span else None
    assert (grounding.match, shown) == (match, found)


@pytest.mark.parametrize(
    ("changed", "original"),
    [
        ("were here all along", "we're here all along"),
        ("I will resign the paper", "I will re-sign the paper"),
        ("there is nowhere to go", "there is no where to go"),
        ("quiero mas de eso hoy", "quiero más de eso hoy"),
        ("You trust him now.", "You trust him now?"),
        ("you said ‘ask anyone now’.", "you said ‘ask anyone now’?"),
        ("أن نبيع التذاكر في المحطة.", "أن نبيع التذاكر في المحطة؟"),
        ("it was 10 of us then", "it was ¹⁰ of us then"),
    ],
)
def test_a_difference_that_changes_words_is_never_called_typography(changed: str, original: str) -> None:
    text = f"P1: Before this. {original} And after it.\n"
    assert ac.ground(original, text).match == "exact"
    assert ac.ground(changed, text).match == "altered"


def test_the_passage_is_searched_first_and_a_verbatim_place_elsewhere_is_told() -> None:
    text = "P1: I know.\nP2: Well then. I know. I know.\n"
    first, second = ac.Span(4, 11), ac.Span(16, len(text) - 1)
    assert ac.ground("I know.", text, within=first) == ac.Grounding(match="exact", span=first)
    inside = ac.ground("I know.", text, within=second)
    assert (inside.span, inside.ambiguous, inside.outside) == (ac.Span(27, 34), True, False)
    elsewhere = ac.ground("Well then.", text, within=first)
    assert (elsewhere.match, elsewhere.outside) == ("exact", True)


@settings(max_examples=300)
@given(st.lists(WORD, min_size=3, max_size=8), st.lists(WORD, max_size=20), st.lists(WORD, max_size=20))
def test_a_planted_quote_is_found_where_it_was_planted(quote: list[str], before: list[str], after: list[str]) -> None:
    lead = " ".join([*before, ""])
    said = " ".join(quote)
    text = f"{lead}{said} {' '.join(after)}"
    assume(text.index(said) == len(lead))
    found = ac.ground(said, text)
    assert (found.match, found.span) == ("exact", ac.Span(len(lead), len(lead) + len(said)))


@settings(max_examples=300)
@given(st.lists(WORD, min_size=4, max_size=12), st.data())
def test_an_edit_that_outlives_the_fold_is_at_least_altered(words: list[str], data: st.DataObject) -> None:
    text = f"P1: {' '.join(words)}. That was it.\n"
    at = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(WORD)
    changed = " ".join([*words[:at], other, *words[at + 1 :]])
    assume(fold(changed).text not in fold(text).text)
    assert ac.ground(changed, text).match in ("altered", "none")


@settings(max_examples=300)
@given(st.text(ALPHABET, max_size=60))
def test_the_map_of_the_fold_leads_back_to_the_source(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for at, character in enumerate(folded.text):
        span = folded.source(at, at + 1)
        assert 0 <= span.start < span.end <= len(text)
        if character.isalnum() and character.isascii():
            source = unicodedata.normalize("NFKC", text[span.start : span.end]).casefold()
            assert character in unicodedata.normalize("NFKC", source)
    assert folded.starts == sorted(folded.starts)


@settings(max_examples=300)
@given(st.text(ALPHABET, max_size=80), st.text(ALPHABET, max_size=30))
def test_nothing_raises_and_what_is_called_exact_is_a_substring(text: str, quote: str) -> None:
    found = ac.ground(quote, text)
    assert (found.span is None) == (found.match == "none")
    if found.span and found.match == "exact":
        assert text[found.span.start : found.span.end] == quote.strip()


@pytest.mark.parametrize(
    "quote",
    ["", "   \n", "x" * 50_000, "\ud800 lone", "a(b[c*", "\x00", "...", "— — —", "word " * 20_000, "(" * 1000],
    ids=[
        "empty",
        "blanks",
        "50,000 characters",
        "lone surrogate",
        "regular expression",
        "NUL",
        "dots",
        "dashes",
        "words",
        "brackets",
    ],
)
def test_odd_quotes_are_a_class_and_never_an_error(quote: str) -> None:
    assert ac.ground(quote, TEXT).match == "none"


@pytest.mark.parametrize(
    ("quote", "reasons"),
    [
        ("move two deadlines … It was personal", ("elision",)),
        ("“move two deadlines” “It was personal”", ("several quotes",)),
        ("move two deadlines / It was personal", ("several quotes",)),
        ("move two [...] It was personal", ("elision",)),
    ],
)
def test_parts_in_one_field_are_one_altered_quote_over_all_with_the_parts_kept(
    quote: str, reasons: tuple[str, ...]
) -> None:
    found = ac.ground(quote, TEXT)
    assert (found.match, found.reasons) == ("altered", reasons)
    shown = [TEXT[part.start : part.end] for part in found.parts]
    assert shown[-1] == "It was personal"
    assert quote.lstrip("“").startswith(shown[0])
    assert found.span == ac.Span(found.parts[0].start, found.parts[-1].end)


def test_halves_from_different_places_are_none_with_both_places_named() -> None:
    filler = " ".join(f"Word{n} goes on." for n in range(200))
    text = f"P1: The soup was very good that day. {filler} We sang until the morning came.\n"
    found = ac.ground("The soup was very good ... until the morning came", text, within=ac.Span(0, 60))
    assert (found.match, found.reasons) == ("none", ("parts from different places",))
    assert [text[p.start : p.end] for p in found.parts] == ["The soup was very good", "until the morning came"]


@pytest.mark.parametrize(
    ("quote", "said", "reason"),
    [
        ("I do not know her", "I do know her", "negation"),
        ("it cost her 20 evenings", "it cost her 12 evenings", "number"),
        ("it cost her twelve evenings", "it cost her 12 evenings", "number"),
        ("she helped me a lot there", "she helps me a lot there", "inflection"),
        ("[the manager] moved two deadlines", "she moved two deadlines", "brackets"),
        ("she moved the deadlines for me", "she moved the, um, deadlines for me", "filler"),
        ("she the moved deadlines for me", "she moved the deadlines for me", "order"),
        ("she kept the deadlines for me", "she moved the deadlines for me", "substitution"),
    ],
)
def test_the_kind_of_a_change_is_named(quote: str, said: str, reason: str) -> None:
    found = ac.ground(quote, f"P1: Well now. {said}. And so on and on.\n")
    assert found.match == "altered"
    assert reason in found.reasons


def test_a_quote_that_copies_the_speakers_label_is_found_with_it() -> None:
    found = ac.ground("P2: I know.", TEXT)
    assert (found.match, TEXT[found.span.start : found.span.end]) == ("exact", "P2: I know.")  # type: ignore[union-attr]


def test_a_soft_hyphen_inside_a_word_is_no_border() -> None:
    assert ac.ground("no", "P1: there was no\u00adthing there").match == "none"
    assert ac.ground("nothing", "P1: there was no\u00adthing there").match == "folded"


def test_a_flag_made_of_tags_is_quoted_whole() -> None:
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    text = f"P1: We  moved to {flag} then."
    assert ac.ground(f"We moved to {flag}", text).span == ac.Span(4, text.index(flag) + len(flag))
