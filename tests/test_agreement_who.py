"""Who confuses what, leans, borders, guessing, what to read instead, ratings: counts, tests and planted truths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import combinations, permutations, product
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from conftest import Cli, Scripted, says, shared
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from scipy import stats

import autocode as ac
from autocode.agreement import agree, cohen_kappa, gwet_ac1, krippendorff_alpha, percent_agreement, units
from autocode.agreement import negative_agreement as negative
from autocode.agreement import positive_agreement as positive
from autocode.agreement.crossing import crossed
from autocode.agreement.shuffling import false_discovery, swapped, together
from autocode.data import (
    Agreement,
    Code,
    Codebook,
    CodedSegment,
    Coding,
    Example,
    Group,
    Missing,
    Passage,
    Span,
    Transcript,
    Turn,
)
from autocode.errors import InputError

WORDS = "and then we talked about the work"


def talk(n: int, id: str) -> Transcript:
    """An interview of n turns of seven words each."""
    turns, text = [], ""
    for number in range(1, n + 1):
        start = len(text) + len("P1: ")
        turns.append(Turn(number, "P1", Span(start, start + len(WORDS))))
        text += f"P1: {WORDS}\n"
    return Transcript(id=id, text=text, turns=tuple(turns))


def segment(text: Transcript, code: str, span: Span, **about: object) -> CodedSegment:
    return CodedSegment(id=f"{text.id}{code}{span}", transcript_id=text.id, code=code, span=span, **about)


def coder(
    name: str, texts: Sequence[Transcript], said: Mapping[str, Iterable[tuple[int, int]]], **about: object
) -> Coding:
    """A coder who read all of it and put codes on turns, each an interview (from 0) and a turn (from 1)."""
    segments = [segment(texts[t], code, texts[t].turns[n - 1].span) for code, places in said.items() for t, n in places]
    seen = tuple(Passage(t.id, Span(0, len(t.text))) for t in texts)
    return Coding(coder=name, seen=seen, segments=tuple(segments), **about)


def book(*codes: str | Code, groups: Sequence[Group] = ()) -> Codebook:
    made = tuple(code if isinstance(code, Code) else Code(id=code, name=code) for code in codes)
    return Codebook(id="book", codes=made, groups=tuple(groups))


def compared(
    codings: Sequence[Coding], texts: Sequence[Transcript], codebook: Codebook, **options: object
) -> Agreement:
    return agree(units(codings, texts, codebook), codings, codebook, **options)


# --- Tests within transcripts, against all arrangements ----------------------------------------------------------

STRATA = st.lists(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), min_size=1, max_size=5), min_size=1, max_size=3)


@settings(max_examples=60)
@given(STRATA)
def test_a_p_within_transcripts_is_the_share_of_arrangements_that_give_so_much(
    strata: list[list[tuple[bool, int]]],
) -> None:
    marks = np.array([mark for stratum in strata for mark, _ in stratum])
    scores = np.array([score for stratum in strata for _, score in stratum])
    where = np.repeat(np.arange(len(strata)), [len(stratum) for stratum in strata])
    sums = [
        [sum(scores) for scores in combinations([s for _, s in stratum], sum(m for m, _ in stratum))]
        for stratum in strata
    ]
    every = [sum(each) for each in product(*sums)]
    found = together(marks, scores, where)
    assert found.observed == scores[marks].sum()
    assert found.expected == pytest.approx(np.mean(every), abs=1e-9)
    if len(set(every)) == 1:
        assert found.p is None
    else:
        assert found.p == pytest.approx(np.mean([each >= found.observed for each in every]), abs=1e-9)


def test_in_one_transcript_it_is_fishers_exact_test() -> None:
    marks = np.repeat([True, True, False, False], [8, 2, 1, 40])
    scores = np.repeat([1, 0, 1, 0], [8, 2, 1, 40])
    p = stats.fisher_exact([[8, 2], [1, 40]], alternative="greater").pvalue
    assert together(marks, scores, np.zeros(51, dtype=int)).p == pytest.approx(p, rel=1e-9)


def test_where_there_are_many_decisions_the_normal_distribution_comes_near() -> None:
    rng = np.random.default_rng(4)
    where = np.repeat(np.arange(5), 2000)
    marks, scores = rng.random(10_000) < 0.4, rng.integers(0, 4, 10_000)
    found = together(marks, scores, where)
    draws = []
    for _ in range(400):
        order = np.concatenate([rng.permutation(2000) + 2000 * t for t in range(5)])
        draws.append(scores[marks[order]].sum())
    assert found.p == pytest.approx(np.mean(np.array(draws) >= found.observed), abs=0.08)


@settings(max_examples=50)
@given(st.lists(st.integers(-4, 4), max_size=7))
def test_a_lean_is_held_against_all_ways_to_swap_the_two_coders(gaps: list[int]) -> None:
    moving = [gap for gap in gaps if gap]
    if not moving:
        assert swapped(gaps) is None
        return
    every = [
        abs(sum(sign * gap for sign, gap in zip(signs, moving, strict=True)))
        for signs in product((1, -1), repeat=len(moving))
    ]
    assert swapped(gaps) == pytest.approx(np.mean(np.array(every) >= abs(sum(gaps))), abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_false_discoveries_are_those_of_scipy(p: list[float]) -> None:
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p).tolist(), abs=1e-12)


@given(st.integers(2, 4), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_a_crossed_table_gives_what_the_plain_functions_give(q: int, cells: list[tuple[int, int]]) -> None:
    values = np.array(cells) % q
    found = crossed(values, q)
    assert found.percent == pytest.approx(percent_agreement(values).value, abs=1e-12)
    for mine, plain in (
        (found.kappa, cohen_kappa(values).value),
        (found.ac1, gwet_ac1(values, domain=range(q)).value),
        (found.positive, positive(values).value if q == 2 else None),
        (found.negative, negative(values).value if q == 2 else None),
    ):
        assert (mine is None) == (plain is None)
        assert mine is None or mine == pytest.approx(plain, abs=1e-12)


# --- Who confuses what, and who applies more ---------------------------------------------------------------------


def test_confusions_are_counted_unit_by_unit_on_what_both_decided() -> None:
    rng = np.random.default_rng(2)
    texts = [talk(30, f"p{i}") for i in range(3)]
    places = [(t, n) for t in range(3) for n in range(1, 31)]
    said = {name: {c: {p for p in places if rng.random() < 0.3} for c in "abc"} for name in ("Ana", "Ben")}
    codings = [coder(name, texts, said[name]) for name in said]
    gap = Missing(passage=Passage("p0", texts[0].turns[4].span), code="b")
    codings[1] = codings[1].model_copy(
        update={
            "missing": (gap,),
            "segments": tuple(s for s in codings[1].segments if (s.code, s.span) != ("b", gap.passage.span)),
        }
    )
    found = {each.codes: each for each in compared(codings, texts, book("a", "b", "c")).confusions}
    x, y = said["Ana"], said["Ben"]
    for a, b in permutations("abc", 2):
        both = [p for p in places if not (p == (0, 5) and "b" in (a, b))]
        where = [p for p in both if p in x[a] and p not in x[b] and p in y[b] and p not in y[a]]
        assert found[a, b].n == len(where)
        assert found[a, b].n_transcripts == len({t for t, _ in where})
        assert found[a, b].n_only == (
            len([p for p in both if p in x[a] - y[a]]),
            len([p for p in both if p in y[b] - x[b]]),
        )
        assert (found[a, b].p is None) == (len(where) < 5)


def test_a_planted_confusion_is_found_and_codes_that_are_only_rare_together_are_not() -> None:
    rng = np.random.default_rng(11)
    texts = [talk(60, f"p{i}") for i in range(8)]
    places = [(t, n) for t in range(8) for n in range(1, 61)]
    truth = {c: {p for p in places if rng.random() < 0.15} for c in ("tea", "coffee", "milk")}
    ben = {c: set(where) for c, where in truth.items()}
    moved = {p for p in truth["tea"] - truth["coffee"] if rng.random() < 0.4}  # Ben takes two in five teas for coffee
    ben["tea"], ben["coffee"] = ben["tea"] - moved, ben["coffee"] | moved
    ben["milk"] = {p for p in places if (p in truth["milk"]) != (rng.random() < 0.1)}  # and errs on milk at random
    codings = [coder("Ana", texts, truth), coder("Ben", texts, ben)]
    found = compared(codings, texts, book("tea", "coffee", "milk"))
    first = found.confusions[0]
    assert (first.coders, first.codes, first.kind) == (("Ana", "Ben"), ("tea", "coffee"), "human-human")
    assert first.n == len(moved)
    assert first.q is not None
    assert first.q < 1e-6
    assert all(each.q is None or each.q > 0.05 for each in found.confusions[1:])


def test_who_applies_a_code_more_is_tested_over_interviews() -> None:
    texts = [talk(20, f"p{i}") for i in range(6)]
    more = {"help": [(t, n) for t in range(6) for n in range(1, 9)], "same": [(0, 1)]}
    less = {"help": [(t, n) for t in range(6) for n in range(1, 4)], "same": [(0, 2)]}
    found = {
        each.code: each
        for each in compared([coder("Ana", texts, less), coder("Ben", texts, more)], texts, book("help", "same")).leans
    }
    lean = found["help"]
    assert (lean.n, lean.n_only, lean.more, lean.n_transcripts_more) == ((18, 48), (0, 30), "Ben", (0, 6))
    assert lean.p == pytest.approx(2 / 2**6)  # all six interviews lean the same way, whatever the units say
    assert (found["same"].more, found["same"].n_only, found["same"].p) == ("", (1, 1), None)


# --- Borders ------------------------------------------------------------------------------------------------------


def test_disagreements_are_absent_or_the_same_place_with_other_borders() -> None:
    text = talk(12, "p")
    span = [turn.span for turn in text.turns]
    ana = [Span(span[0].start, span[2].end), span[5], Span(span[8].start, span[8].start + 20)]
    ben = [Span(span[1].start, span[2].end), Span(span[8].start + 4, span[8].start + 20), span[10]]
    codings = [
        Coding(
            coder=name,
            seen=(Passage("p", Span(0, len(text.text))),),
            segments=tuple(segment(text, "help", s) for s in spans),
        )
        for name, spans in (("Ana", ana), ("Ben", ben))
    ]
    (found,) = compared(codings, [text], book("help")).borders
    # Turn 1 is only Ana's, in a passage that Ben's meets; turn 6 only hers, and 11 only Ben's, without one.
    assert (found.absent, found.other_borders) == ((1, 1), (1, 0))
    assert (found.n_places, found.n_same_borders) == (2, 0)
    both, either = len(ben[0]) + 16, len(ana[0]) + 20
    assert found.boundary_agreement == pytest.approx(both / either)


def test_where_both_mark_whole_turns_borders_say_nothing() -> None:
    texts = [talk(5, "p")]
    codings = [coder("Ana", texts, {"help": [(0, 1), (0, 2)]}), coder("Ben", texts, {"help": [(0, 1)]})]
    (found,) = compared(codings, texts, book("help")).borders
    assert (found.absent, found.other_borders) == ((1, 0), (0, 0))  # turn 2 is a passage of its own
    assert (found.n_places, found.n_same_borders, found.boundary_agreement) == (1, 1, None)


@settings(max_examples=40)
@given(st.data())
def test_absent_and_other_borders_make_up_all_disagreements(data: st.DataObject) -> None:
    text = talk(6, "p")
    end = len(text.text)
    codings = []
    for name in ("Ana", "Ben"):
        cuts = data.draw(st.lists(st.tuples(st.integers(0, end - 1), st.integers(1, 80)), max_size=5))
        spans = [Span(a, min(end, a + n)) for a, n in cuts]
        codings.append(
            Coding(
                coder=name, seen=(Passage("p", Span(0, end)),), segments=tuple(segment(text, "help", s) for s in spans)
            )
        )
    found = compared(codings, [text], book("help"))
    only = found.codes[0].pairs[0].only
    if found.borders:
        each = found.borders[0]
        assert tuple(a + b for a, b in zip(each.absent, each.other_borders, strict=True)) == only
        assert 0 <= each.n_same_borders <= each.n_places
        assert each.boundary_agreement is None or 0 <= each.boundary_agreement <= 1
    else:
        assert only == (0, 0)


def test_the_length_of_each_coders_passages_is_told() -> None:
    text = talk(3, "p")
    start = text.turns[0].span.start
    spans = [Span(start, start + 8), Span(start, start + 3), text.turns[1].span]  # two words, one, and seven
    ana = Coding(
        coder="Ana",
        seen=(Passage("p", Span(0, len(text.text))),),
        segments=tuple(segment(text, "help", s) for s in spans),
    )
    found = compared([ana, coder("Ben", [text], {})], [text], book("help")).coders
    assert (found[0].n_passages, found[0].median_words_per_passage) == (3, 2)
    assert (found[1].n_passages, found[1].median_words_per_passage) == (0, None)


# --- A model against guessing -------------------------------------------------------------------------------------


def test_a_model_that_knows_only_how_frequent_a_code_is_passes_for_guessing() -> None:
    rng = np.random.default_rng(8)
    texts = [talk(25, f"p{i}") for i in range(6)]
    places = [(t, n) for t in range(6) for n in range(1, 26)]
    share = dict(enumerate((0.02, 0.5, 0.1, 0.7, 0.05, 0.3)))  # interviews differ a lot
    names = [f"c{i}" for i in range(60)]

    def guessed() -> dict[str, list[tuple[int, int]]]:
        return {c: [p for p in places if rng.random() < share[p[0]]] for c in names}

    found = compared(
        [coder("Ana", texts, guessed()), coder("Ben", texts, guessed()), coder("gpt", texts, guessed(), kind="model")],
        texts,
        book(*names),
    ).guesses
    assert len(found) == 60
    assert sum(each.p < 0.05 for each in found) <= 7  # three to be expected; 1 in 80 such studies has more than seven
    assert not any(each.q < 0.05 for each in found)


def test_a_model_that_reads_is_told_apart_from_guessing_without_the_quoted_units() -> None:
    texts = [talk(20, f"p{i}") for i in range(4)]
    yes = [(t, n) for t in range(4) for n in (3, 9, 15)]
    codings = [coder("Ana", texts, {"help": yes}), coder("gpt", texts, {"help": yes[:9]}, kind="model")]
    (found,) = compared(codings, texts, book("help", "never")).guesses[:1]
    assert (found.n_units, found.n_model, found.n_people, found.n_together) == (80, 9, 12, 9)
    assert found.expected == pytest.approx(9 * 3 / 20)
    assert found.p == pytest.approx((6 / (20 * 19 * 18)) ** 3, rel=1e-9)
    never = compared(codings, texts, book("help", "never")).guesses[1]
    assert (never.p, never.q) == (None, None)
    assert "say the same on all units" in never.reason
    quoting = book(Code(id="help", name="help", examples=(Example(text=WORDS),)))
    assert compared(codings, texts, quoting).guesses[0].n_units == 0


# --- Undefined is a value, with what to read instead ---------------------------------------------------------------


def test_a_code_that_is_too_rare_comes_with_every_passage_that_anybody_gave_it() -> None:
    texts = [talk(20, f"p{i}") for i in range(3)]
    codings = [
        coder("Ana", texts, {"help": [(0, 2), (1, 5)]}),
        coder("Ben", texts, {"help": [(0, 2)]}),
        coder("gpt", texts, {"help": [(2, 7)]}, kind="model"),
    ]
    found = compared(codings, texts, book("help", "never")).codes
    read = found[0].instead
    assert read is not None
    assert (found[0].human.status, read.n_units, read.n_applied) == ("too rare", 60, 2)
    assert read.positive_agreement == pytest.approx(2 / 3)
    assert read.words == (
        "too rare for a coefficient: applied to 2 of 60 units (under 10); read all 3 passages that anybody gave it"
    )
    assert [(p.transcript, p.unit, p.coders, p.not_applied) for p in read.passages] == [
        ("p0", 2, ("Ana", "Ben"), ("gpt",)),
        ("p1", 5, ("Ana",), ("Ben", "gpt")),
        ("p2", 7, ("gpt",), ("Ana", "Ben")),
    ]
    first = read.passages[0]
    assert texts[0].text[first.start : first.end] == WORDS
    never = found[1].instead
    assert never is not None
    assert (never.share_below, never.passages) == (pytest.approx(3 / 60), ())
    assert "nobody applied it to any of the 60 units; in units like these its share is under 5.0 %" in never.words


def test_a_figure_that_may_be_read_comes_without_a_substitute_and_a_fragile_one_with_its_bounds() -> None:
    texts = [talk(40, f"p{i}") for i in range(3)]
    yes = [(t, n) for t in range(3) for n in (1, 2, 3, 4)]
    found = compared([coder("Ana", texts, {"help": yes}), coder("Ben", texts, {"help": yes[1:]})], texts, book("help"))
    row = found.codes[0]
    assert (row.human.status, row.instead) == ("ok", None)
    fragile = row.fragile
    assert fragile is not None
    assert (fragile.whose, fragile.n_units) == ("human", 120)
    assert fragile.alpha == pytest.approx(row.human.alpha, abs=1e-12)
    values = np.zeros((120, 2), dtype=int)
    values[:12, 0], values[:11, 1] = 1, 1
    flipped = []
    for unit, column in product(range(120), range(2)):
        other = values.copy()
        other[unit, column] = 1 - other[unit, column]
        flipped.append(krippendorff_alpha(other).value)
    assert (fragile.lowest, fragile.highest) == pytest.approx((min(flipped), max(flipped)), abs=1e-12)


# --- The alternative annotator test --------------------------------------------------------------------------------


def people_and_model(rng: np.random.Generator, people: Sequence[str]) -> tuple[list[Transcript], list[Coding]]:
    texts = [talk(20, f"p{i}") for i in range(5)]
    places = [(t, n) for t in range(5) for n in range(1, 21)]
    truth = {p for p in places if rng.random() < 0.4}

    def near(share: float) -> dict[str, list[tuple[int, int]]]:
        return {"help": [p for p in places if (p in truth) != (rng.random() < share)]}

    codings = [coder(name, texts, near(0.25)) for name in people]
    return texts, [*codings, coder("gpt", texts, near(0.02), kind="model")]


def test_the_alternative_test_is_made_only_if_an_epsilon_is_given() -> None:
    texts, codings = people_and_model(np.random.default_rng(1), ("Ana", "Ben", "Cem"))
    assert compared(codings, texts, book("help")).alternative == ()
    (found,) = compared(codings, texts, book("help"), alternative_test=0.1).alternative
    assert (found.model, found.code, found.epsilon, found.heading) == ("gpt", "help", 0.1, "")
    assert (found.winning_rate, found.passes) == (1.0, True)
    assert [person.name for person in found.people] == ["Ana", "Ben", "Cem"]
    for person in found.people:
        assert person.rejected
        assert person.p_clustered is not None
        assert person.p_clustered != person.p
    with pytest.raises(InputError, match=r"epsilon is 1\.5, and it is a share of units"):
        compared(codings, texts, book("help"), alternative_test=1.5)


def test_with_two_people_the_alternative_test_only_says_whom_the_model_resembles() -> None:
    texts, codings = people_and_model(np.random.default_rng(1), ("Ana", "Ben"))
    (found,) = compared(codings, texts, book("help"), alternative_test=0.1).alternative
    assert found.heading == "two people only: shows whom the model resembles"
    assert found.passes is None
    assert len(found.people) == 2
    (alone,) = compared(codings[1:], texts, book("help"), alternative_test=0.1).alternative
    assert (alone.people, alone.heading) == ((), "one person only: there is nobody to compare that person with")


def test_the_command_prints_the_alternative_test_under_its_heading(cli: Cli) -> None:
    folder = shared("data/sight")
    flags = ("--transcripts", folder / "transcripts", "--codebook", folder / "codebook.csv")
    code, out, _ = cli("agree", folder, *flags, "--alternative-test", "0.1")
    text = " ".join(out.split())
    assert code == 0
    assert out.startswith("independence of the coders: not declared\n")
    assert "epsilon 0.1 (two people only: shows whom the model resembles)" in text
    assert "by interviews p" in text
    assert "Alternative annotator test" not in cli("agree", folder, *flags)[1]


# --- What a figure may be called ------------------------------------------------------------------------------------

HEADING = "independence of the coders: not declared"
DECLARED = {"stage": "independent", "saw": "nothing"}


@pytest.mark.parametrize(
    ("ana", "ben", "heading"),
    [
        ({}, {}, HEADING),
        (DECLARED, DECLARED, ""),
        (DECLARED, {"stage": "independent"}, ""),  # what they had seen is open, and printed beside their name
        ({"saw": "nothing"}, DECLARED, f"{HEADING} by Ana"),
        (DECLARED, {"stage": "training"}, ""),  # not among the people of the figure
    ],
)
def test_what_was_not_declared_stands_above_everything_else(
    ana: dict[str, str], ben: dict[str, str], heading: str
) -> None:
    texts = [talk(4, "p")]
    codings = [coder("Ana", texts, {"help": [(0, 1)]}, **ana), coder("Ben", texts, {"help": [(0, 1)]}, **ben)]
    assert compared(codings, texts, book("help")).heading == heading


@pytest.mark.parametrize(
    ("ana", "ben", "kind", "in_human"),
    [
        ({}, {}, "human-human", 2),
        ({}, {"kind": "model"}, "human-model", 1),
        ({"kind": "model"}, {"kind": "model"}, "model-model", 0),
        ({"person": "Ana", "pass_": "1"}, {"person": "Ana", "pass_": "2"}, "same-coder", 1),
        ({}, {"stage": "training"}, "training", 1),
        ({}, {"stage": "review"}, "primed", 1),
        ({}, {"saw": "runs/pilot"}, "primed", 1),
        ({}, {"saw": "Ana"}, "primed", 1),
        ({}, {"stage": "settled"}, "with-settled", 1),
        ({}, {"kind": "model", "saw": "Ana"}, "primed", 1),
        ({"codebook": "1"}, {"codebook": "2"}, "human-human", 2),  # told in a note, and decisions counted as stale
    ],
)
def test_every_figure_of_two_codings_has_its_name_everywhere(
    ana: dict[str, str], ben: dict[str, str], kind: str, in_human: int
) -> None:
    texts = [talk(9, f"p{i}") for i in range(3)]
    first, second = {"a": [(0, 1), (1, 2)], "b": [(2, 3)]}, {"a": [(0, 1)], "b": [(1, 2)]}
    codings = [coder("Ana", texts, first, **ana), coder("Ben", texts, second, **ben)]
    found = compared(codings, texts, book("a", "b"))
    named = [*found.codes[0].pairs, *found.confusions, *found.leans, *found.borders]
    assert {each.kind for each in named} == {kind}
    assert found.codes[0].human.n_coders == in_human
    assert bool(found.codes[0].human_model) == (kind == "human-model")
    assert any("different versions" in note for note in found.notes) == ("codebook" in ana)


VERDICTS = {  # how often Ana, Ben and the model err, in how many interviews
    "people agree, the model does not": (0.01, 0.01, 0.3, 10),
    "the model differs more than people do": (0.2, 0.2, 0.5, 30),
    "the model agrees as people do": (0.02, 0.02, 0.01, 10),
    "people differ too": (0.2, 0.2, 0.1, 20),
    "cannot tell": (0.08, 0.08, 0.13, 5),
}


@pytest.mark.parametrize("words", VERDICTS)
def test_each_verdict_comes_out_of_a_study_made_for_it(words: str) -> None:
    *errors, n = VERDICTS[words]
    rng = np.random.default_rng(20)
    texts = [talk(30, f"p{i:02}") for i in range(n)]
    places = [(t, k) for t in range(n) for k in range(1, 31)]
    truth = {p for p in places if rng.random() < 0.4}
    codings = [
        coder(
            name,
            texts,
            {"help": [p for p in places if (p in truth) != (rng.random() < share)]},
            kind="model" if name == "gpt" else "human",
        )
        for name, share in zip(("Ana", "Ben", "gpt"), errors, strict=True)
    ]
    found = compared(codings, texts, book("help")).codes[0].human_model["gpt"]
    assert found.verdict == words
    assert (found.people >= 0.667) == (words not in ("people differ too", "the model differs more than people do"))


def test_decisions_on_codes_edited_since_are_counted_for_people(tmp_path: Path) -> None:
    texts = [talk(6, "p01"), talk(6, "p02")]
    now = Codebook(id="b", version=2, codes=(Code(id="a", name="A", definition="new"), Code(id="b", name="B")))
    old = Codebook(id="b", version=1, codes=(Code(id="a", name="A", definition="old"), Code(id="b", name="B")))
    (tmp_path / "all.csv").write_text("transcript,coder,turn,code\np01,Ana,1,a\np01,Ben,1,a\np02,Ana,1,b\n")
    (tmp_path / "coders.csv").write_text(
        "coder,transcript,turns,codebook,codes\nAna,p01,,1,\nAna,p02,,2,\nBen,p01,1-4,v1,\nBen,p01,1-2,2,a\n"
    )
    codings = ac.codings(tmp_path, texts, codebook=now, versions={"1": old})
    found = agree(units(codings, texts, now), codings, now)
    # Ana decided on six turns of p01 under the old definition; Ben on four, two of which he read again.
    assert {coder.name: coder.n_stale for coder in found.coders} == {"Ana": 6, "Ben": 2}
    assert any(
        "Ana: decisions on codes that were edited since" in note and note.endswith(": 6") for note in found.notes
    )


def test_decisions_on_codes_edited_since_are_counted_for_a_run(
    transcript: ac.Transcript, codebook: ac.Codebook, tmp_path: Path
) -> None:
    asked = {"My manager": says(("colleagues", "My manager sat down with me"))}
    run = ac.code(
        [transcript], codebook, coder=Scripted(asked), run=ac.Run(tmp_path / "run", exclude_speakers=("INT",))
    )
    edited = codebook.model_copy(
        update={
            "codes": tuple(
                code.model_copy(update={"definition": "What colleagues said."}) if code.id == "colleagues" else code
                for code in codebook.codes
            )
        }
    )
    codings = ac.codings(run.path, [transcript], codebook=edited)
    frame = units(codings, [transcript], edited, exclude_speakers=("INT",))
    (coder,) = agree(frame, codings, edited).coders
    assert coder.n_stale == len(frame) == 3
    unedited = ac.codings(run.path, [transcript], codebook=codebook)
    assert agree(units(unedited, [transcript], codebook), unedited, codebook).coders[0].n_stale == 0


def test_passages_left_out_because_examples_quote_them_are_counted_in_print() -> None:
    texts, codings = people_and_model(np.random.default_rng(1), ("Ana", "Ben"))
    quoting = book(Code(id="help", name="help", examples=(Example(text=WORDS),)))
    found = compared(codings, texts, quoting)
    assert found.codes[0].human_model["gpt"].n_left_out == 100
    told = printed(found)
    assert "Left out, because the codebook's examples quote them" in told
    assert "gpt with people, turns: help 100" in told


def printed(agreement: Agreement) -> str:
    """What the command prints, line breaks as blanks."""
    out = StringIO()
    ac.show_agreement(agreement, Console(file=out, width=200))
    return " ".join(out.getvalue().split())


def test_what_stands_below_the_tables_says_who_does_what() -> None:
    rng = np.random.default_rng(11)
    texts = [talk(40, f"p{i}") for i in range(8)]
    places = [(t, n) for t in range(8) for n in range(1, 41)]
    tea, coffee = ({p for p in places if rng.random() < 0.2} for _ in range(2))
    moved = {p for p in tea - coffee if rng.random() < 0.5}
    codings = [
        coder("Ana", texts, {"tea": tea, "coffee": coffee, "rare": [(0, 3)]}),
        coder("Ben", texts, {"tea": tea - moved, "coffee": coffee | moved}),
    ]
    told = printed(compared(codings, texts, book("tea", "coffee", "rare")))
    assert told.startswith("independence of the coders: not declared Krippendorff's alpha")
    assert f"Ana has tea where Ben has coffee: {len(moved)} units in 8 interviews" in told
    assert f"tea: Ana {len(tea)}, Ben {len(tea) - len(moved)} units; more often in 8 interviews, less in 0" in told
    assert "rare: too rare for a coefficient: applied to 1 of 320 units (under 10); read the one passage" in told
    assert "p0 turn 3 (Ana)" in told
    assert "median words of a passage: Ana 7, Ben 7" in told


def test_all_of_it_goes_to_json_and_comes_back_equal() -> None:
    texts, codings = people_and_model(np.random.default_rng(3), ("Ana", "Ben"))
    found = compared(codings, texts, book("help", "rare"), alternative_test=0.2)
    assert Agreement.model_validate_json(found.model_dump_json()) == found
    assert "NaN" not in found.model_dump_json()


# --- Ratings --------------------------------------------------------------------------------------------------------


def test_ratings_are_compared_as_ratings_and_those_of_whole_interviews_apart() -> None:
    rng = np.random.default_rng(6)
    texts = [talk(8, f"p{i}") for i in range(6)]
    given = {name: rng.integers(1, 6, (6, 8)) for name in ("Ana", "Ben")}
    whole = {"Ana": [1, 2, 3, 4, 5, 5], "Ben": [1, 2, 3, 5, 5, 4]}
    codings = []
    for name in given:
        segments = [
            segment(t, "warmth", turn.span, rating=float(given[name][i, k]), decision="missing")
            for i, t in enumerate(texts)
            for k, turn in enumerate(t.turns)
        ]
        segments += [
            segment(
                t,
                "warmth",
                Span(t.turns[0].span.start, t.turns[-1].span.end),
                rating=float(whole[name][i]),
                decision="missing",
            )
            for i, t in enumerate(texts)
        ]
        seen = tuple(Passage(t.id, Span(0, len(t.text))) for t in texts)
        codings.append(Coding(coder=name, seen=seen, segments=tuple(segments)))
    of_units, of_interviews = compared(codings, texts, book("warmth")).ratings
    assert (of_units.unit, of_units.human.n_units) == ("unit", 48)
    assert (of_interviews.unit, of_interviews.human.n_units) == ("transcript", 6)
    for found, table in ((of_units, [g.ravel() for g in given.values()]), (of_interviews, list(whole.values()))):
        alpha = krippendorff.alpha(np.array(table, dtype=float), level_of_measurement="ordinal")
        assert found.human.alpha == pytest.approx(alpha, abs=1e-9)
        assert found.pairs[0].alpha == pytest.approx(alpha, abs=1e-9)
        assert found.values == (1, 2, 3, 4, 5)
        assert found.human.low is not None


# README of the data set: quadratic kappas of experts 1-2, 2-3, 3-1 on these 38 conversations; their ordinal alpha
LEND_AN_EAR = {
    "validating_emotions": (0.3184, 0.6549, 0.4093, 0.4111),
    "encouraging_elaboration": (0.7492, 0.7105, 0.6551, 0.7167),
    "demonstrating_understanding": (0.4423, 0.3283, 0.1436, 0.2898),
    "advice_giving": (0.7022, 0.7608, 0.5627, 0.7284),
    "self_oriented": (0.8005, 0.4893, 0.6876, 0.6176),
    "dismissing_emotions": (0.3210, 0.4951, 0.4598, 0.3300),
}


def test_the_experts_ratings_of_lend_an_ear_have_the_figures_of_its_readme() -> None:
    folder = shared("data/lend-an-ear")
    texts = list(ac.read_transcripts(folder / "transcripts"))
    codebook = ac.read_codebook(folder / "codebook.csv")
    codings = [c for c in ac.codings(folder / "ratings.csv", texts, codebook=codebook) if c.coder.startswith("expert")]
    found = {each.code: each for each in compared(codings, texts, codebook).ratings}
    for code, (*kappas, alpha) in LEND_AN_EAR.items():
        assert found[code].unit == "transcript"
        assert found[code].human.alpha == pytest.approx(alpha, abs=5e-5)
        pairs = {frozenset(pair.coders): pair.kappa_quadratic for pair in found[code].pairs}
        for (a, b), kappa in zip(((1, 2), (2, 3), (3, 1)), kappas, strict=True):
            if (code, a, b) == ("self_oriented", 1, 2):
                continue  # neither gave a 4 there: the source weights by rank of the values that occur, we by value
            assert pairs[frozenset({f"expert{a}", f"expert{b}"})] == pytest.approx(kappa, abs=5e-5)


def test_ratings_alone_are_something_to_compare(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "interviews").mkdir()
    rows = ["transcript,coder,code,rating"]
    for i in range(12):
        (tmp_path / "interviews" / f"p{i:02}.txt").write_text(f"P1: {WORDS}\nP1: {WORDS}\n")
        rows += [f"p{i:02},Ana,warmth,{1 + i % 5}", f"p{i:02},Ben,warmth,{1 + i % 5 + (i == 3)}"]
    (tmp_path / "ratings.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "book.csv").write_text("id,name,definition\nwarmth,Warmth,How warm it is.\n")
    flags = ("--transcripts", tmp_path / "interviews", "--codebook", tmp_path / "book.csv")
    code, out, _ = cli("agree", tmp_path / "ratings.csv", *flags)
    assert code == 0
    values = np.array([[1 + i % 5, 1 + i % 5 + (i == 3)] for i in range(12)], dtype=float)
    alpha = krippendorff.alpha(values.T, level_of_measurement="ordinal")
    (line,) = [line for line in out.splitlines() if "12 interviews" in line]
    assert f"{alpha:.2f} (" in line
    assert "(1 pair)" in line
    assert "Ratings: Krippendorff's alpha, ordinal" in out
