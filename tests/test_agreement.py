"""Agreement: published figures, planted cases, and the rules that decide what a figure rests on and is called."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocode.agreement import (
    agree,
    cohen_kappa,
    jackknife_over_transcripts,
    krippendorff_alpha,
    summary,
    units,
    withhold,
)
from autocode.agreement.coefficients import alphas, leave_one_out, sums
from autocode.agreement.intervals import interval, standard_error
from autocode.agreement.naming import pair_kind, verdict
from autocode.data import (
    Agreement,
    Code,
    Codebook,
    CodedSegment,
    Coding,
    Counterexample,
    Example,
    Group,
    Missing,
    Passage,
    Span,
    Transcript,
    Turn,
)
from autocode.errors import AgreementError, InputError

DATA = Path(__file__).resolve().parent / "data"


# --- Small things to build studies from ------------------------------------------------------------------------


def interview(id: str, *lines: str) -> Transcript:
    """A transcript of `Speaker: words` lines, a turn a line."""
    turns, text = [], ""
    for number, line in enumerate(lines, 1):
        speaker, words = line.split(": ", 1)
        start = len(text) + len(speaker) + 2
        turns.append(Turn(number, speaker, Span(start, start + len(words))))
        text += line + "\n"
    return Transcript(id=id, text=text, turns=tuple(turns))


def read_interviews(folder: Path) -> list[Transcript]:
    return [interview(path.stem, *path.read_text("utf-8").splitlines()) for path in sorted(folder.glob("*.txt"))]


def talk(n: int, id: str = "p", speaker: str = "P1") -> Transcript:
    """An interview of n turns, each of ten characters."""
    return interview(id, *[f"{speaker}: turn {i:05}" for i in range(1, n + 1)])


def everything(*transcripts: Transcript) -> tuple[Passage, ...]:
    return tuple(Passage(t.id, Span(0, len(t.text))) for t in transcripts)


def on_turns(transcript: Transcript, code: str, turns: Iterable[int], decision: str = "yes") -> list[CodedSegment]:
    return [marked(transcript, code, transcript.turns[n - 1].span, decision) for n in turns]


def marked(transcript: Transcript, code: str, span: Span | None, decision: str = "yes") -> CodedSegment:
    return CodedSegment(
        id=f"{transcript.id}-{code}-{span}", transcript_id=transcript.id, code=code, span=span, decision=decision
    )


def coder(name: str, read: Sequence[Transcript], yes: Mapping[str, Iterable[int]], **about: object) -> Coding:
    """A coder who read whole transcripts, and put codes on turns of the first of them."""
    segments = [s for code, turns in yes.items() for s in on_turns(read[0], code, turns)]
    return Coding(coder=name, seen=everything(*read), segments=tuple(segments), **about)


def codebook(*codes: Code | str, groups: Sequence[Group] = ()) -> Codebook:
    made = tuple(code if isinstance(code, Code) else Code(id=code, name=code.title()) for code in codes)
    return Codebook(id="book", codes=made, groups=tuple(groups))


def row(agreement: Agreement, code: str, level: str = "code"):
    return next(r for r in agreement.codes if (r.code, r.level) == (code, level))


def column(frame, coder: str, code: str) -> list[int]:
    return frame[coder, code].tolist()


def library_alpha(values: np.ndarray, n_values: int = 2) -> float:
    """What the krippendorff package says of a table units x coders with -1 for missing."""
    data = np.where(values < 0, np.nan, values).T.astype(float)
    return krippendorff.alpha(data, level_of_measurement="nominal", value_domain=list(range(n_values)))


# --- Right values: AnnoMI, ten coders, seven shared conversations (public domain) --------------------------------

ANNOMI = {  # alpha and decisions, from the data set's README: units are the turns of the code's speaker
    "main_reflection": (0.7294, 465),
    "main_question": (0.8011, 634),
    "main_input": (0.6550, 442),
    "main_other": (0.7422, 619),
    "question": (0.8688, 754),
    "question_open": (0.6919, 437),
    "question_closed": (0.5676, 317),
    "reflection": (0.6597, 585),
    "reflection_simple": (0.2563, 280),
    "reflection_complex": (0.4535, 305),
    "input": (0.6443, 516),
    "input_information": (0.4692, 294),
    "input_advice": (0.5103, 116),
    "input_options": (0.1619, 39),
    "input_negotiation": (0.0882, 67),
    "change": (0.5035, 534),
    "neutral": (0.4203, 1254),
    "sustain": (0.5010, 332),
}
CLIENT = {"change", "neutral", "sustain"}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_coding(folder: Path, transcripts: Mapping[str, Transcript], *files: str) -> list[Coding]:
    seen: dict[str, list[Passage]] = {}
    kinds: dict[str, str] = {}
    for line in table(folder / "coders.csv"):
        seen.setdefault(line["coder"], []).extend(everything(transcripts[line["transcript"]]))
        kinds[line["coder"]] = "model" if line.get("kind") == "machine" else "human"
    segments: dict[str, list[CodedSegment]] = {name: [] for name in seen}
    for line in [line for file in files for line in table(folder / file)]:
        segments[line["coder"]] += on_turns(transcripts[line["transcript"]], line["code"], [int(line["turn"])])
    missing: dict[str, list[Missing]] = {name: [] for name in seen}
    for line in table(folder / "unseen.csv") if (folder / "unseen.csv").exists() else []:
        turn = transcripts[line["transcript"]].turns[int(line["turn"]) - 1]
        missing[line["coder"]].append(Missing(passage=Passage(line["transcript"], turn.span), code=line["code"]))
    return [
        Coding(
            coder=n,
            kind=kinds[n],
            seen=tuple(seen[n]),
            missing=tuple(missing[n]),
            segments=tuple(segments[n]),
        )
        for n in sorted(seen)
    ]


@pytest.fixture(scope="module")
def annomi() -> Agreement:
    folder = DATA / "annomi"
    transcripts = {t.id: t for t in read_interviews(folder / "transcripts")}
    assert len(transcripts) == 27
    codes, groups = [], {}
    for line in table(folder / "codebook.csv"):
        examples = (Example(text=line["examples"]),) if line["examples"] else ()
        codes.append(
            Code(
                id=line["id"],
                name=line["name"],
                parent=line["parent"],
                speakers=(line["speakers"],),
                codable=line["codable"] == "yes",
                examples=examples,
            )
        )
        if line["group"]:
            groups.setdefault(line["group"].removesuffix(": one"), []).append(line["id"])
    book = codebook(*codes, groups=[Group(id=id, codes=tuple(ids), pick="one") for id, ids in groups.items()])
    coders = read_coding(folder, transcripts, "coding.csv")
    return agree(units(coders, transcripts.values(), book), coders, book)


@pytest.mark.parametrize("code", ANNOMI)
def test_annomi_alphas_come_out_as_published_with_the_data(annomi: Agreement, code: str) -> None:
    found = row(annomi, code)
    alpha, chosen = ANNOMI[code]
    assert round(found.human.alpha, 4) == alpha
    assert found.n_units == found.human.n_units == (212 if code in CLIENT else 216)
    assert sum(found.positives.values()) == chosen
    assert (found.status, found.human.n_coders, found.human.n_transcripts) == ("ok", 10, 7)


def test_annomi_groups_are_one_nominal_variable_each(annomi: Agreement) -> None:
    # A turn may hold a question and a reflection; within a family one subtype or none is picked.
    published = {
        "main_behaviour": (0.7367, 216),
        "question": (0.7398, 216),
        "reflection": (0.4963, 216),
        "input": (0.5119, 216),
        "client_talk": (0.4671, 212),
    }
    assert {g.group: (round(g.human.alpha, 4), g.n_units) for g in annomi.groups} == published
    assert all(g.n_several == 0 for g in annomi.groups)


def test_two_annomi_coders_have_the_published_kappa_alpha_and_share(annomi: Agreement) -> None:
    for group, expected in {
        "main_behaviour": (0.7033, 0.7020, 0.7778),
        "client_talk": (0.5504, 0.5514, 0.7689),
    }.items():
        pairs = {p.coders: p for p in next(g for g in annomi.groups if g.group == group).pairs}
        found = pairs["a0", "a1"]
        assert (round(found.kappa, 4), round(found.alpha, 4), round(found.percent, 4)) == expected
        kappas = {coders: round(pair.kappa, 4) for coders, pair in pairs.items()}
        low, high = min(kappas, key=kappas.get), max(kappas, key=kappas.get)
        published = {
            "main_behaviour": ((("a3", "a4"), 0.5776), (("a7", "a8"), 0.8302)),
            "client_talk": ((("a4", "a9"), 0.2386), (("a0", "a7"), 0.6474)),
        }
        assert ((low, kappas[low]), (high, kappas[high])) == published[group]


def test_short_turns_carry_the_agreement_on_other_talk(annomi: Agreement) -> None:
    found = row(annomi, "main_other")
    assert (round(found.alpha, 3), round(found.alpha_without_short, 3)) == (0.742, 0.286)
    assert (found.n_short, found.median_words) == (52, 13.0)
    assert row(annomi, "question").alpha_without_short is None


def test_a_codable_parent_has_a_row_as_code_and_one_as_theme(annomi: Agreement) -> None:
    levels = [(r.code, r.level) for r in annomi.codes]
    assert levels[:6] == [
        ("main_behaviour", "theme"),  # a heading: not applied itself
        ("main_reflection", "code"),
        ("main_question", "code"),
        ("main_input", "code"),
        ("main_other", "code"),
        ("question", "code"),
    ]
    assert levels[6] == ("question", "theme")
    heading = row(annomi, "main_behaviour", "theme")
    assert (heading.status, heading.alpha, heading.ac1, heading.percent) == ("no variation", None, None, 1.0)


# --- Right values: SIGHT, two people and a model, with missing cells (MIT) ---------------------------------------

SIGHT = {  # chosen by H1 and H2, kappa, alpha: the column "these 239" of the data set's README
    "general": ((49, 64), 0.7349, 0.7340),
    "confusion": ((49, 45), 0.9063, 0.9065),
    "pedagogy": ((15, 13), 0.7723, 0.7727),
    "setup": ((10, 9), 0.9452, 0.9453),
    "gratitude": ((32, 29), 0.9059, 0.9061),
    "personal_experience": ((19, 16), 0.7224, 0.7229),
    "clarification": ((6, 5), 0.9069, 0.9071),
    "non_english": ((16, 19), 0.9366, 0.9367),
    "na": ((91, 77), 0.6952, 0.6948),
    "bookmark": ((8, 3), 0.5369, 0.5356),
}
SIGHT_MODEL = {  # mean of the two person-model kappas: zero-shot, few-shot, few-shot with reasons
    "general": (0.4514, 0.4883, 0.5465),
    "confusion": (0.6901, 0.6750, 0.7459),
    "pedagogy": (0.2997, 0.5371, 0.5372),
    "setup": (0.8300, 0.7060, 0.8364),
    "gratitude": (0.9034, 0.8293, 0.9199),
    "personal_experience": (0.3265, 0.5693, 0.3633),
    "clarification": (0.5195, 0.2024, 0.3280),
    "non_english": (0.8680, 0.7162, 0.5072),
    "na": (0.6236, 0.4823, 0.4391),
}


@pytest.fixture(scope="module")
def sight() -> Agreement:
    folder = DATA / "sight"
    transcripts = {t.id: t for t in read_interviews(folder / "transcripts")}
    book = codebook(*(Code(id=line["id"], name=line["name"]) for line in table(folder / "codebook.csv")))
    coders = read_coding(folder, transcripts, "coding.csv", "machine.csv")
    return agree(units(coders, transcripts.values(), book), coders, book)


@pytest.mark.parametrize("code", SIGHT)
def test_sight_kappas_and_alphas_of_two_people_come_out_with_missing_cells(sight: Agreement, code: str) -> None:
    chosen, kappa, alpha = SIGHT[code]
    found = next(pair for pair in row(sight, code).pairs if pair.coders == ("H1", "H2"))
    assert (round(found.kappa, 4), round(found.alpha, 4), found.kind) == (kappa, alpha, "human-human")
    assert found.both + found.only[0] + found.only[1] + found.neither == found.n_units
    assert round(row(sight, code).human.alpha, 4) == alpha
    assert (row(sight, code).positives["H1"], row(sight, code).positives["H2"]) == chosen
    assert 236 <= found.n_units <= 239


@pytest.mark.parametrize("code", SIGHT_MODEL)
def test_sight_kappas_of_people_and_model_come_out_with_missing_cells(sight: Agreement, code: str) -> None:
    pairs = {pair.coders: pair for pair in row(sight, code).pairs}
    for model, kappa in zip(
        ("gpt35_zero_shot", "gpt35_few_shot", "gpt35_few_shot_reasons"), SIGHT_MODEL[code], strict=True
    ):
        both = [pairs[person, model] for person in ("H1", "H2")]
        assert {pair.kind for pair in both} == {"human-model"}
        assert round(float(np.mean([pair.kappa for pair in both])), 4) == kappa
        beside = row(sight, code).human_model[model]
        assert beside.alpha == pytest.approx(np.mean([pair.alpha for pair in both]), abs=1e-12)


# --- Right values: worked examples of the literature ------------------------------------------------------------


def test_the_jackknife_leaves_out_one_transcript_at_a_time() -> None:
    # The case `cluster-jackknife-4-transcripts`: 12 units, 4 transcripts; exact fractions.
    a, b = [0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1], [0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1]
    s = sums(np.array([a, b]).T, np.repeat(range(4), 3), n_transcripts=4)
    left_out = alphas(leave_one_out(s, s.units > 0))
    assert left_out == pytest.approx([60 / 77, 23 / 40, 60 / 77, 19 / 36], abs=1e-12)
    assert standard_error(left_out) == pytest.approx(0.19941603381123527, abs=1e-10)
    low, high, reason = interval(47 / 70, left_out, list("abcd"))
    assert (low, high) == pytest.approx((0.03679775141167474, 1.306059391445468), abs=1e-9)  # uncut
    assert reason == ""


TABLES = st.integers(1, 6).flatmap(
    lambda n_coders: st.lists(
        st.lists(st.integers(-1, 3), min_size=n_coders, max_size=n_coders), min_size=1, max_size=30
    )
)


@settings(max_examples=150)
@given(TABLES)
def test_alpha_equals_the_krippendorff_package_or_is_undefined(lines: list[list[int]]) -> None:
    values = np.array(lines)
    ours = krippendorff_alpha(values).value
    kept = (values >= 0).sum(axis=1) >= 2
    given_values = values[kept][values[kept] >= 0]
    if kept.sum() < 2 or len(set(given_values.tolist())) < 2:
        assert ours is None
    else:
        assert ours == pytest.approx(library_alpha(values, 4), abs=1e-12)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(-1, 1), min_size=3, max_size=3), min_size=4, max_size=40), st.integers(2, 5))
def test_leaving_out_a_transcript_equals_computing_without_it(lines: list[list[int]], n: int) -> None:
    values = np.array(lines)
    transcript = np.arange(len(values)) % n
    s = sums(values, transcript, n_transcripts=n)
    for t, alpha in zip(range(n), alphas(leave_one_out(s, np.ones(n, dtype=bool))), strict=True):
        without = krippendorff_alpha(values[transcript != t]).value
        assert (None if math.isnan(alpha) else pytest.approx(alpha, abs=1e-12)) == without


# --- CASES A1: a coder who did nothing, and an agreement of "nan" ------------------------------------------------


def test_one_unit_coded_by_both_is_too_few_to_speak_of() -> None:
    text = talk(20)
    ana = coder("Ana", [text], {"help": range(1, 8)})
    ben = Coding(coder="Ben", seen=(Passage("p", text.turns[0].span),), segments=tuple(on_turns(text, "help", [1])))
    found = row(compared([ana, ben], [text], codebook("help")), "help")
    assert (found.status, found.reason) == ("too few units", "only 1 unit was decided by two coders")
    assert (found.alpha, found.ac1, found.percent, found.n_units) == (None, None, 1.0, 1)
    assert (found.human.alpha, found.human.status) == (None, "too few units")


def test_a_code_nobody_applied_has_no_alpha_but_a_share_alike() -> None:
    text = talk(20)
    coders = [coder(name, [text], {}) for name in ("Ana", "Ben")]
    found = row(compared(coders, [text], codebook("help")), "help")
    assert (found.status, found.reason) == ("no variation", "nobody applied it to any of the 20 units")
    assert (found.alpha, found.ac1, found.pairs[0].kappa, found.percent) == (None, None, None, 1.0)
    assert found.positive_agreement is None


def test_two_coders_of_an_empty_document_share_no_unit() -> None:
    empty = Transcript(id="p", text="", turns=())
    coders = [Coding(coder=name, seen=everything(empty)) for name in ("Ana", "Ben")]
    with pytest.raises(AgreementError, match=r"no two coders decided on the same unit \(Ana decided on units of no"):
        compared(coders, [empty], codebook("help"))


def test_an_empty_document_among_others_changes_nothing() -> None:
    text, empty = talk(20), Transcript(id="q", text="", turns=())
    coders = [coder(name, [text, empty], {"help": turns}) for name, turns in (("Ana", [1, 2]), ("Ben", [2, 3]))]
    with_it, without = (compared(coders, texts, codebook("help")) for texts in ([text, empty], [text]))
    assert with_it.codes == without.codes


def test_one_coder_alone_is_a_status_and_no_error() -> None:
    text = talk(20)
    found = compared([coder("Ana", [text], {"help": [1]})], [text], codebook("help"))
    assert (row(found, "help").status, row(found, "help").alpha) == ("one coder", None)
    assert row(found, "help").human.reason == "only one person decided on it independently"
    assert "NaN" not in found.model_dump_json()


def compared(codings: Sequence[Coding], transcripts: Sequence[Transcript], book: Codebook, **options) -> Agreement:
    return agree(units(codings, transcripts, book, **options), codings, book)


# --- Units ------------------------------------------------------------------------------------------------------

FOUR = interview("p", "A: aaaaaaaaaa", "B: bbbbbbbbbb", "A: cccccccccc", "B: dddddddddd dddddddddd dddddddddd ddddddd")


def at(turn: int, offset: int) -> int:
    return FOUR.turns[turn - 1].span.start + offset


@pytest.mark.parametrize(
    ("span", "turns"),
    [
        (Span(at(1, 0), at(1, 10)), [1]),  # a whole turn
        (Span(at(1, 0), at(1, 1)), [1]),  # one character: all of it is in that turn
        (Span(at(1, 0), at(2, 5)), [1, 2]),  # half of the second turn: at least half is half
        (Span(at(1, 0), at(2, 4)), [1]),  # under half of the second turn
        (Span(at(1, 5), at(2, 5)), [1, 2]),  # half of each, each holds half of it
        (Span(at(1, 8), at(2, 2)), [1, 2]),  # little of each, but each holds half of it
        (Span(at(1, 8), at(2, 3)), [2]),  # three of its five characters are in the second
        (Span(at(2, 0), at(4, 2)), [2, 3]),  # long turn 4 holds a twelfth of it
        (Span(at(1, 0), at(4, 37)), [1, 2, 3, 4]),
        (Span(at(1, 10), at(2, 0)), []),  # between the turns: outside
        (Span(at(4, 3), at(4, 3)), []),  # no character
    ],
)
def test_a_segment_is_on_units_by_half(span: Span, turns: list[int]) -> None:
    ana = Coding(coder="Ana", seen=everything(FOUR), segments=(marked(FOUR, "help", span),))
    frame = units([ana], [FOUR], codebook("help"))
    assert [unit for (_, unit), value in zip(frame.index, column(frame, "Ana", "help"), strict=True) if value] == turns
    assert frame.attrs["counts"]["Ana"]["outside"] == (not turns)


@settings(max_examples=200)
@given(st.data())
def test_no_segment_with_a_character_inside_units_ends_on_no_unit(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=8), label="turn lengths")
    labels = [data.draw(st.sampled_from(["A", "B", "INT"])) for _ in lengths]
    transcript = interview("p", *[f"{label}: {'x' * n}" for label, n in zip(labels, lengths, strict=True)])
    size = len(transcript.text)
    start = data.draw(st.integers(0, size))
    span = Span(start, data.draw(st.integers(start, size)))
    book = codebook(Code(id="any", name="Any"), Code(id="b", name="B", speakers=("B",)))
    ana = Coding(
        coder="Ana",
        seen=everything(transcript),
        segments=tuple(marked(transcript, code, span) for code in ("any", "b")),
    )
    by = data.draw(st.sampled_from(["turn", "sentence", "transcript"]))
    frame = units([ana], [transcript], book, by=by, exclude_speakers=["INT"])
    for code, allowed in (("any", {"A", "B"}), ("b", {"B"})):
        parts = [t.span for t in transcript.turns if t.speaker in allowed]
        expected = by_the_rule(span, [[p] for p in parts] if by != "transcript" else [parts] if parts else [])
        values = [v for v in column(frame, "Ana", code) if v >= 0]
        assert [i for i, v in enumerate(values) if v == 1] == expected
        assert bool(expected) == any(p.start < span.end and span.start < p.end and len(span) for p in parts)


def by_the_rule(span: Span, unit_parts: list[list[Span]]) -> list[int]:
    """The unit rule of DESIGN section 9, read aloud: slow and plain."""
    shared = [sum(max(0, min(span.end, p.end) - max(span.start, p.start)) for p in parts) for parts in unit_parts]
    sizes = [sum(len(p) for p in parts) for parts in unit_parts]
    length = sum(shared)
    if not length:
        return []
    half = [i for i, n in enumerate(shared) if n and (n >= sizes[i] / 2 or n >= length / 2)]
    quarter = [i for i, n in enumerate(shared) if n >= length / 4]
    return half or quarter or [shared.index(max(shared))]


def test_what_was_read_and_not_coded_is_no_and_what_was_not_read_is_missing() -> None:
    text = talk(4)
    read = (Passage("p", Span(0, text.turns[1].span.end)), Passage("p", Span(text.turns[2].span.start + 1, 10**9)))
    ana = Coding(coder="Ana", seen=read, segments=tuple(on_turns(text, "help", [2])))
    frame = units([ana], [text], codebook("help", "time"))
    assert column(frame, "Ana", "help") == [0, 1, -1, 0]  # of turn 3 they did not read the first character
    assert str(frame.dtypes["Ana", "help"]) == "Int8"


def test_a_unit_read_in_part_is_yes_if_coded_and_otherwise_missing() -> None:
    text = talk(2)
    read = (Passage("p", Span(0, text.turns[0].span.end - 2)),)
    ana = Coding(coder="Ana", seen=read, segments=tuple(on_turns(text, "help", [1])))
    frame = units([ana], [text], codebook("help", "time"))
    assert (column(frame, "Ana", "help"), column(frame, "Ana", "time")) == ([1, -1], [-1, -1])
    assert frame.attrs["notes"] == ["Ana: codes on units that were not read in whole, counted as coded: 1"]


def test_a_long_turn_read_in_two_calls_is_read() -> None:
    # Chunks are cut at sentence ends; the blank between two of them is in neither.
    text = interview("p", "A: First sentence. Second sentence.", "A: Third.")
    start, end = text.turns[0].span.start, text.turns[0].span.end
    calls = (Passage("p", Span(start, start + 15)), Passage("p", Span(start + 16, end)))
    frame = units([Coding(coder="m", kind="model", seen=calls)], [text], codebook("help"))
    assert column(frame, "m", "help") == [0, -1]
    assert frame["call"].tolist() == [0, -1]


def test_decisions_of_no_and_missing_count_by_the_same_rule_and_yes_outweighs_them() -> None:
    text = talk(6)
    segments = (
        *on_turns(text, "help", [1, 2], "missing"),
        *on_turns(text, "help", [1]),
        *on_turns(text, "help", [3, 6], "no"),
    )
    read = (Passage("p", Span(0, text.turns[4].span.end)),)
    gap = Missing(passage=Passage("p", text.turns[3].span), code="help")
    ana = Coding(coder="Ana", seen=read, segments=segments, missing=(gap,))
    frame = units([ana], [text], codebook("help", "time"))
    assert column(frame, "Ana", "help") == [1, -1, 0, -1, 0, 0]
    assert column(frame, "Ana", "time") == [0, 0, 0, 0, 0, -1]


def test_a_gap_without_a_code_is_missing_for_all_codes() -> None:
    text = talk(2)
    gap = Missing(passage=Passage("p", text.turns[1].span))
    frame = units([Coding(coder="Ana", seen=everything(text), missing=(gap,))], [text], codebook("help", "time"))
    assert [column(frame, "Ana", code) for code in ("help", "time")] == [[0, -1], [0, -1]]


@pytest.mark.parametrize("problem", ["unknown code", "outside passage", "excluded speaker", "duplicate"])
def test_rows_that_are_no_coding_count_nowhere(problem: str) -> None:
    text = talk(2)
    segments = [s.model_copy(update={"problem": (problem,)}) for s in on_turns(text, "nonsense", [1])]
    lost = marked(text, "help", None)
    frame = units([Coding(coder="Ana", seen=everything(text), segments=(*segments, lost))], [text], codebook("help"))
    assert column(frame, "Ana", "help") == [0, 0]


MIXED = interview("p", "INT: How so?", "A: My manager helped. A lot.", "B: Mine did not.", "A: ", "INT: And then?")


def test_excluded_speakers_and_empty_turns_are_no_units_and_turns_keep_their_numbers() -> None:
    ana = coder("Ana", [MIXED], {"help": [1, 2]})
    frame = units([ana], [MIXED], codebook("help"), exclude_speakers=["INT", "IMT"])
    assert frame.index.tolist() == [("p", 2), ("p", 3)]
    assert frame["speaker"].tolist() == ["A", "B"]
    assert frame["person"].tolist() == ["p/A", "p/B"]
    assert frame["words"].tolist() == [5, 3]
    assert [MIXED.text[a:b] for a, b in zip(frame["start"], frame["end"], strict=True)] == [
        "My manager helped. A lot.",
        "Mine did not.",
    ]
    assert frame.attrs["notes"] == [
        'exclude_speakers names "IMT", whom no transcript has; did you mean "INT"?',
        "Ana: coded passages outside the units, which count nowhere: 1",
    ]


def test_a_code_for_some_speakers_is_missing_elsewhere_for_everybody() -> None:
    book = codebook(
        Code(id="theme", name="Theme", speakers=("B",)),
        Code(id="child", name="Child", parent="theme"),  # inherits
        Code(id="any", name="Any"),
        Code(id="nobody", name="Nobody", speakers=("C",)),
    )
    both = Span(MIXED.turns[1].span.start, MIXED.turns[2].span.end)  # mostly A's words
    ana = Coding(coder="Ana", seen=everything(MIXED), segments=(marked(MIXED, "child", both),))
    frame = units([ana], [MIXED], book, exclude_speakers=["INT"])
    assert column(frame, "Ana", "child") == [-1, 1]
    assert column(frame, "Ana", "any") == [0, 0]
    assert column(frame, "Ana", "nobody") == [-1, -1]
    assert frame.attrs["notes"] == ['code "nobody" is for C, whom no unit has; it has no units']


def test_sentences_are_units_of_their_own() -> None:
    start = MIXED.turns[1].span.start
    ana = Coding(coder="Ana", seen=everything(MIXED), segments=(marked(MIXED, "help", Span(start, start + 18)),))
    frame = units([ana], [MIXED], codebook("help"), by="sentence", exclude_speakers=["INT"])
    assert [MIXED.text[a:b] for a, b in zip(frame["start"], frame["end"], strict=True)] == [
        "My manager helped.",
        "A lot.",
        "Mine did not.",
    ]
    assert frame.index.tolist() == [("p", 2), ("p", 3), ("p", 4)]  # the interviewer's sentence is the first
    assert frame["turn"].tolist() == [2, 2, 3]
    assert column(frame, "Ana", "help") == [1, 0, 0]


def test_a_whole_transcript_is_one_unit_of_its_codable_turns() -> None:
    book = codebook("help", Code(id="b", name="B", speakers=("B",)))
    seen_by_ben = (Passage("p", MIXED.turns[2].span),)
    codings = [coder("Ana", [MIXED], {"help": [3], "b": [2]}), Coding(coder="Ben", seen=seen_by_ben)]
    frame = units(codings, [MIXED], book, by="transcript", exclude_speakers=["INT"])
    assert frame.index.tolist() == [("p", 1)]
    assert frame["speaker"].tolist() == ["A;B"]
    assert (column(frame, "Ana", "help"), column(frame, "Ana", "b")) == ([1], [0])
    assert (column(frame, "Ben", "help"), column(frame, "Ben", "b")) == ([-1], [0])  # Ben read all that B says


def test_transcripts_stand_in_order_of_id_whatever_order_they_come_in() -> None:
    texts = [talk(2, "q"), talk(2, "p")]
    assert units([coder("Ana", texts, {})], iter(texts), codebook("help")).index.tolist() == [
        ("p", 1),
        ("p", 2),
        ("q", 1),
        ("q", 2),
    ]


def test_units_answered_in_one_call_share_a_number() -> None:
    text, other = talk(6), talk(2, "q")
    spans = [(1, 2), (3, 4), (5, 6)]
    calls = tuple(Passage("p", Span(text.turns[a - 1].span.start, text.turns[b - 1].span.end)) for a, b in spans)
    one = Coding(coder="one", kind="model", seen=(*calls, *everything(other)))
    two = Coding(
        coder="two", kind="model", seen=(Passage("p", Span(text.turns[1].span.start, text.turns[2].span.end)),)
    )
    people = Coding(coder="Ana", seen=everything(text))
    assert units([one, people], [text, other], codebook("help"))["call"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert units([one, two], [text, other], codebook("help"))["call"].tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert set(units([people], [text], codebook("help"))["call"]) == {-1}


def test_units_that_the_codebook_quotes_are_marked() -> None:
    text = interview(
        "p",
        "A: And she sat down with me, and moved two deadlines!",
        "A: She sat down with me.",
        "A: Mm-hmm.",
        "A: “HR” sent a leaflet -- nothing more than that",
        "A: then I don’t know what else there is",
    )
    book = codebook(
        Code(id="help", name="Help", examples=(Example(text="SHE sat down with me and moved two deadlines"),)),
        Code(id="ok", name="Ok", examples=(Example(text="mm-hmm"), Example(text=""))),
        Code(id="no", name="No", counterexamples=(Counterexample(text="HR sent a leaflet nothing more", use="help"),)),
        Code(id="dunno", name="?", examples=(Example(text="I don't know what else there was"),)),
    )
    frame = units([coder("Ana", [text], {})], [text], book)
    assert frame["example_of"].tolist() == ["help", "", "ok", "no", "dunno"]


def test_participants_join_transcripts() -> None:
    texts = [talk(2, id) for id in ("a", "b", "c", "d")]
    persons = {("a", "P1"): "maria", ("c", "P1"): "maria", ("b", "P1"): "tom", ("d", "INT"): "maria"}
    frame = units([coder("Ana", texts, {})], texts, codebook("help"), persons=persons)
    assert frame["person"].tolist()[::2] == ["maria", "tom", "maria", "d/P1"]
    assert frame["cluster"].tolist()[::2] == ["a", "b", "a", "d"]


def test_a_code_nobody_defined_is_an_error_that_names_the_nearest() -> None:
    text = talk(2)
    with pytest.raises(InputError, match=r'^Ana uses the code "hepl", which the codebook book does not have; did you'):
        units([coder("Ana", [text], {"hepl": [1]})], [text], codebook("help"))


def test_a_code_is_found_by_name_or_alias_in_any_case() -> None:
    text = talk(3)
    ana = coder("Ana", [text], {"Boss Support": [1], " HELP ": [2], "help: because": [3]})
    frame = units([ana], [text], codebook(Code(id="h", name="Help", aliases=("boss support",))))
    assert column(frame, "Ana", "h") == [1, 1, 1]


def test_a_theme_that_may_not_be_applied_counts_nowhere_and_is_told() -> None:
    text = talk(2)
    book = codebook("theme", Code(id="help", name="Help", parent="theme"))
    frame = units([coder("Ana", [text], {"theme": [1, 2]})], [text], book)
    assert [name for name in frame.columns if name[0] == "Ana"] == [("Ana", "help")]
    assert frame.attrs["notes"] == ["Ana: themes that may not be applied themselves, not counted: theme (2)"]


def test_coding_of_transcripts_that_are_not_compared_is_told() -> None:
    text, other = talk(2), talk(2, "q")
    frame = units([coder("Ana", [other, text], {"help": [1, 2]})], [text], codebook("help"))
    assert frame.attrs["notes"] == ["Ana: coded passages in transcripts that are not compared: 2"]


@pytest.mark.parametrize(
    ("names", "message"),
    [(["Ana", "Ana"], '2 codings are called "Ana"'), (["speaker"], 'a coder cannot be called "speaker"')],
)
def test_coders_need_names_that_tell_them_apart(names: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        units([coder(name, [FOUR], {}) for name in names], [FOUR], codebook("help"))


def test_two_transcripts_of_one_id_are_an_error() -> None:
    with pytest.raises(InputError, match='two transcripts have the id "p"'):
        units([], [talk(1), talk(2)], codebook("help"))


# --- What a figure is called ------------------------------------------------------------------------------------


def person(name: str = "Ana", **about: object) -> Coding:
    return Coding(coder=name, **about)


def model(name: str = "gpt", **about: object) -> Coding:
    return Coding(coder=name, kind="model", **about)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (person(), person("Ben"), "human-human"),
        (person(stage="independent", saw="nothing"), person("Ben", stage="undeclared"), "human-human"),
        (person(), model(), "human-model"),
        (model(), model("claude"), "model-model"),
        (model("gpt @ a", run="a"), model("gpt @ b", run="b"), "model-model"),  # two prompts are two coders
        (model("gpt", run="a", person="gpt"), model("gpt#2", run="a", person="gpt", repeat=2), "same-coder"),
        (model("g @ a", run="a", person="g"), model("g#3 @ a", run="a", person="g", repeat=3), "same-coder"),
        (person("Ana (1)", person="Ana"), person("Ana (2)", person="Ana"), "same-coder"),
        (person("Ana"), person("Ana (later)", person="Ana"), "same-coder"),
        (person("Ana (1)", pass_="1"), person("Ana (2)", pass_="2", saw="pilot"), "primed"),
        (person(), person("Ben", stage="training"), "training"),
        (person("Ana (1)", pass_="1", stage="training"), person("Ana (2)", pass_="2"), "training"),
        (person(saw="pilot"), model("gpt", run="pilot"), "primed"),
        (person(saw="Ben"), person("Ben"), "primed"),
        (person(stage="review"), person("Ben"), "primed"),
        (person(), person("settled", stage="settled"), "with-settled"),
        (model(), person("settled", stage="settled"), "with-settled"),
        (person(stage="training"), person("settled", stage="settled"), "with-settled"),
    ],
)
def test_each_pair_has_the_name_that_claims_least(a: Coding, b: Coding, kind: str) -> None:
    assert pair_kind(a, b) == pair_kind(b, a) == kind


def test_only_people_who_coded_independently_are_in_the_human_figure() -> None:
    text = talk(30)
    people = {"Ana": {}, "Ben": {"stage": "independent", "saw": "Nothing"}}
    others = {
        "Cleo": {"stage": "training"},
        "Dan": {"saw": "pilot"},
        "Eva": {"saw": "Ana"},
        "Fay": {"stage": "review"},
        "all": {"stage": "settled"},
        "Ana (2)": {"pass_": "2", "person": "Ana"},
    }
    codings = [coder(name, [text], {"help": range(1, 16)}, **about) for name, about in (people | others).items()]
    codings[1] = coder("Ben", [text], {"help": range(6, 21)}, **people["Ben"])
    codings.append(coder("gpt", [text], {"help": range(1, 10)}, kind="model"))
    codings.append(coder("gpt#2", [text], {"help": range(1, 9)}, kind="model", person="gpt", repeat=2))
    found = compared(codings, [text], codebook("help"))
    values = np.array([[1 <= t <= 15, 6 <= t <= 20] for t in range(1, 31)], dtype=int)
    assert row(found, "help").human.alpha == pytest.approx(library_alpha(values), abs=1e-12)
    assert row(found, "help").human.n_coders == 2
    assert list(row(found, "help").human_model) == ["gpt"]  # a repeat is noise, not another model
    assert row(found, "help").human_model["gpt"].n_coders == 2
    assert found.notes == (
        "Cleo: not in the figures of people who coded independently, because its stage is training",
        "Dan: not in the figures of people who coded independently, because it was made having seen pilot",
        "Eva: not in the figures of people who coded independently, because it was made having seen Ana",
        "Fay: not in the figures of people who coded independently, because its stage is review",
        "all: not in the figures of people who coded independently, because its stage is settled",
        "Ana (2): not in the figures of people who coded independently, because it is another pass of a person who is "
        "in them already",
    )


def test_different_versions_of_the_codebook_are_told() -> None:
    text = talk(4)
    codings = [coder("Ana", [text], {}, codebook="2"), coder("Ben", [text], {}, codebook="3")]
    found = compared(codings, [text], codebook("help"))
    assert found.notes == ("the coders worked with different versions of the codebook: Ana 2, Ben 3",)


@pytest.mark.parametrize(
    ("people", "low", "high", "words"),
    [
        (0.8, -0.4, -0.1, "people agree, the model does not"),
        (0.667, -0.4, -0.0001, "people agree, the model does not"),
        (0.6669, -0.4, -0.1, "the model differs more than people do"),
        (0.8, -0.1, 0.2, "the model agrees as people do"),
        (0.5, 0.0, 0.2, "people differ too"),
        (0.8, -0.05, -0.01, "people agree, the model does not"),  # little, but surely less
        (0.8, -0.3, 0.1, "cannot tell"),
        (0.8, -0.3, 0.0, "cannot tell"),
        (0.8, None, None, "cannot tell"),
        (None, -0.3, -0.1, "cannot tell"),
    ],
)
def test_the_verdict_has_five_wordings(people: float | None, low: float | None, high: float | None, words: str) -> None:
    assert verdict(people, low, high) == words


# --- A model beside people --------------------------------------------------------------------------------------


def study(rng: np.random.Generator, n_transcripts: int, n: int = 40) -> tuple[list[Transcript], dict[str, np.ndarray]]:
    """Interviews, and what three coders with errors of their own would say of each turn."""
    texts = [talk(n, f"p{t:02}") for t in range(n_transcripts)]
    truth = rng.random((n_transcripts, n)) < 0.3
    wrong = {"Ana": 0.02, "Ben": 0.03, "gpt": 0.2}
    return texts, {name: truth ^ (rng.random(truth.shape) < share) for name, share in wrong.items()}


def codings_of(
    texts: Sequence[Transcript], said: Mapping[str, np.ndarray], read: Mapping[str, set[int]]
) -> list[Coding]:
    found = []
    for name, answers in said.items():
        which = [i for i in range(len(texts)) if i in read.get(name, set(range(len(texts))))]
        segments = [s for i in which for s in on_turns(texts[i], "help", np.flatnonzero(answers[i]) + 1)]
        kind = "model" if name == "gpt" else "human"
        found.append(
            Coding(coder=name, kind=kind, seen=everything(*(texts[i] for i in which)), segments=tuple(segments))
        )
    return found


def mean_alpha(said: Mapping[str, np.ndarray], pairs: Iterable[tuple[str, str]], which: Sequence[int]) -> float:
    tables = [np.stack([said[a][which].ravel(), said[b][which].ravel()], axis=1).astype(int) for a, b in pairs]
    return float(np.mean([library_alpha(values) for values in tables]))


def test_the_difference_is_mean_person_model_minus_mean_person_person_alpha_with_its_jackknife() -> None:
    texts, said = study(np.random.default_rng(3), 6)
    found = row(compared(codings_of(texts, said, {}), texts, codebook("help")), "help").human_model["gpt"]
    with_model, people = [("Ana", "gpt"), ("Ben", "gpt")], [("Ana", "Ben")]

    def difference(which: Sequence[int]) -> float:
        return mean_alpha(said, with_model, which) - mean_alpha(said, people, which)

    everyone = list(range(6))
    assert found.alpha == pytest.approx(mean_alpha(said, with_model, everyone), abs=1e-12)
    assert found.people == pytest.approx(mean_alpha(said, people, everyone), abs=1e-12)
    assert found.difference == pytest.approx(difference(everyone), abs=1e-12)
    left_out = np.array([difference([t for t in everyone if t != out]) for out in everyone])
    reach = 2.5705818366147395 * math.sqrt(5 / 6 * ((left_out - left_out.mean()) ** 2).sum())  # t quantile, df 5
    assert found.difference_low == pytest.approx(found.difference - reach, abs=1e-9)
    assert found.difference_high == pytest.approx(found.difference + reach, abs=1e-9)
    assert found.verdict == "people agree, the model does not"
    assert (found.n_coders, found.n_units, found.n_transcripts) == (2, 240, 6)


def test_both_sides_of_the_difference_rest_on_the_same_units() -> None:
    # Ana and the model coded all six, Ben two of them: the difference is measured on those two.
    texts, said = study(np.random.default_rng(5), 6)
    found = row(compared(codings_of(texts, said, {"Ben": {1, 4}}), texts, codebook("help")), "help").human_model["gpt"]
    ana, ben = mean_alpha(said, [("Ana", "gpt")], range(6)), mean_alpha(said, [("Ben", "gpt")], [1, 4])
    assert found.alpha == pytest.approx((ana + ben) / 2, abs=1e-12)
    assert found.people == pytest.approx(mean_alpha(said, [("Ana", "Ben")], [1, 4]), abs=1e-12)
    both = mean_alpha(said, [("Ana", "gpt"), ("Ben", "gpt")], [1, 4])
    assert found.difference == pytest.approx(both - found.people, abs=1e-12)
    assert (found.n_units, found.n_transcripts) == (240, 6)
    assert (found.difference_n_units, found.difference_n_transcripts) == (80, 2)


def test_one_person_beside_a_model_gives_no_difference_and_cannot_tell() -> None:
    texts, said = study(np.random.default_rng(5), 5)
    del said["Ben"]
    found = row(compared(codings_of(texts, said, {}), texts, codebook("help")), "help")
    beside = found.human_model["gpt"]
    assert (beside.status, beside.n_coders, beside.difference, beside.verdict) == ("ok", 1, None, "cannot tell")
    assert beside.alpha == pytest.approx(found.pairs[0].alpha, abs=1e-12)
    assert beside.difference_reason == "no two people's alpha on the units that the model decided"
    assert (found.human.status, found.human.alpha) == ("one coder", None)


def test_units_quoted_by_the_codebook_are_left_out_beside_a_model_only() -> None:
    texts, said = study(np.random.default_rng(9), 3)
    examples = (Example(text="turn 00001"), Example(text="Turn 00002"))
    book = codebook(Code(id="help", name="Help", examples=examples), "other")
    found = row(compared(codings_of(texts, said, {}), texts, book), "help")
    assert found.human_model["gpt"].n_left_out == 6
    assert found.human_model["gpt"].n_units == 3 * 38
    without = {name: answers[:, 2:] for name, answers in said.items()}
    expected = mean_alpha(without, [("Ana", "gpt"), ("Ben", "gpt")], range(3))
    assert found.human_model["gpt"].alpha == pytest.approx(expected, abs=1e-12)
    assert {p.kind: (p.n_units, p.n_left_out) for p in found.pairs} == {
        "human-human": (120, 0),
        "human-model": (114, 6),
    }
    assert found.human.n_units == found.n_units == 120


def test_without_people_there_is_no_figure_of_people_beside_a_model() -> None:
    texts, said = study(np.random.default_rng(9), 3)
    del said["Ana"], said["Ben"]
    codings = codings_of(texts, said, {})
    codings.append(codings[0].model_copy(update={"coder": "claude"}))
    found = row(compared(codings, texts, codebook("help")), "help")
    assert (found.alpha, found.human_model) == (1.0, {})
    assert (found.human.alpha, found.human.reason, found.human.n_coders) == (None, "no person coded independently", 0)


# --- Themes, groups, statuses, counts ---------------------------------------------------------------------------


def test_a_theme_is_yes_if_any_child_is_and_missing_if_none_is_and_one_is_missing() -> None:
    text = talk(6)
    book = codebook(
        "top", Code(id="mid", name="Mid", parent="top", codable=True), Code(id="low", name="Low", parent="mid"), "else"
    )
    gaps = tuple(Missing(passage=Passage("p", text.turns[n - 1].span), code="low") for n in (2, 3))
    ana = coder("Ana", [text], {"mid": [1, 2], "low": [4]}).model_copy(update={"missing": gaps})
    ben = coder("Ben", [text], {"low": [1, 2, 3, 4, 5, 6]})
    found = compared([ana, ben], [text], book)
    assert [(r.code, r.level) for r in found.codes] == [
        ("top", "theme"),
        ("mid", "code"),
        ("mid", "theme"),
        ("low", "code"),
        ("else", "code"),
    ]
    theme = row(found, "mid", "theme")  # Ana: yes, yes, missing, yes, no, no
    assert (theme.n_units, theme.positives) == (5, {"Ana": 3, "Ben": 5})
    assert row(found, "top", "theme").positives == theme.positives
    assert row(found, "mid").positives == {"Ana": 2, "Ben": 0}
    assert row(found, "low").n_units == 4


def test_a_theme_whose_children_are_for_different_speakers_has_the_units_of_either() -> None:
    text = interview("p", "A: one", "B: two", "C: three", "A: four", "B: five")
    book = codebook(
        "theme",
        Code(id="a", name="A", parent="theme", speakers=("A",)),
        Code(id="b", name="B", parent="theme", speakers=("B",)),
    )
    codings = [coder("Ana", [text], {"a": [1], "b": [2]}), coder("Ben", [text], {"a": [1, 4]})]
    found = compared(codings, [text], book)
    assert (row(found, "a").n_units, row(found, "b").n_units) == (2, 2)
    theme = row(found, "theme", "theme")
    assert (theme.n_units, theme.positives) == (4, {"Ana": 2, "Ben": 2})  # C's turn is for neither child


def test_a_group_is_one_answer_with_none_and_several_are_left_out_and_counted() -> None:
    text = talk(6)
    group = Group(id="valence", codes=("good", "bad"), pick="one")
    gap = Missing(passage=Passage("p", text.turns[5].span), code="bad")
    ana = coder("Ana", [text], {"good": [1, 2, 3], "bad": [3]}).model_copy(update={"missing": (gap,)})
    ben = coder("Ben", [text], {"good": [1], "bad": [2, 4]})
    book = codebook("good", "bad", groups=[group, Group(id="any", codes=("good", "bad"))])
    found = compared([ana, ben], [text], book)
    (valence,) = found.groups
    values = np.array([[1, 1], [1, 2], [0, 2], [0, 0]])  # turns 1, 2, 4, 5; turn 3 picks both, turn 6 is open
    assert valence.n_several == 1
    assert valence.alpha == pytest.approx(library_alpha(values, 3), abs=1e-12)
    assert (valence.n_units, valence.positives, valence.percent) == (4, {"Ana": 2, "Ben": 3}, 0.5)
    (pair,) = valence.pairs
    assert (pair.both, pair.only, pair.neither, pair.positive_agreement) == (2, (0, 1), 1, None)
    assert pair.kappa == pytest.approx(cohen_kappa(values).value, abs=1e-12)


def test_retired_codes_have_a_row_only_if_somebody_applied_them() -> None:
    text = talk(4)
    book = codebook("theme", *(Code(id=c, name=c, parent="theme", status="retired") for c in ("old", "older")), "new")
    codings = [coder("Ana", [text], {"old": [1]}), coder("Ben", [text], {"new": [2]})]
    found = compared(codings, [text], book)
    assert [(r.code, r.level, r.code_status) for r in found.codes] == [
        ("theme", "theme", "active"),
        ("old", "code", "retired"),
        ("new", "code", "active"),
    ]
    assert [(r.code, r.level) for r in compared([codings[1], coder("Cleo", [text], {})], [text], book).codes] == [
        ("new", "code")
    ]


def test_a_rare_code_keeps_its_alpha_under_a_warning() -> None:
    texts = [talk(30, f"p{i}") for i in range(3)]
    few = [coder(name, texts, {"help": turns}) for name, turns in (("Ana", range(1, 8)), ("Ben", range(1, 9)))]
    found = row(compared(few, texts, codebook("help")), "help")
    assert (found.status, found.reason) == ("too rare", "applied to 8 of 90 units (under 10)")
    assert found.alpha == found.pairs[0].alpha is not None
    many = [coder(name, texts, {"help": turns}) for name, turns in (("Ana", range(1, 12)), ("Ben", range(1, 13)))]
    found = row(compared(many, texts, codebook("help")), "help")
    assert (found.status, found.reason) == ("too rare", "applied in 1 of the transcripts (under 3)")


def test_counts_speak_of_interviews_beside_passages() -> None:
    texts = [talk(3, f"p{i}") for i in range(4)]

    def put(name: str, where: Mapping[int, Sequence[int]]) -> Coding:
        segments = [s for i, turns in where.items() for s in on_turns(texts[i], "help", turns)]
        return Coding(coder=name, seen=everything(*texts), segments=tuple(segments))

    codings = [put("Ana", {0: [1, 2], 1: [1], 2: [3]}), put("Ben", {0: [1], 1: [2]})]
    (pair,) = row(compared(codings, texts, codebook("help")), "help").pairs
    assert (pair.both, pair.only, pair.neither) == (1, (3, 1), 7)
    assert (pair.transcripts_both, pair.transcripts_only) == (2, (1, 0))
    assert (pair.percent, pair.positive_agreement, pair.negative_agreement) == (8 / 12, 2 / 6, 14 / 18)


def test_the_interval_leaves_out_interviews_or_persons_where_they_are_joined() -> None:
    texts, said = study(np.random.default_rng(11), 6)
    codings = codings_of(texts, said, {})
    alone = row(compared(codings, texts, codebook("help")), "help").human
    twice = {(f"p{t:02}", "P1"): f"person {t // 2}" for t in range(6)}
    joined = row(compared(codings, texts, codebook("help"), persons=twice), "help").human
    assert (alone.n_transcripts, joined.n_transcripts, alone.alpha) == (6, 3, joined.alpha)
    left_out = [mean_alpha(said, [("Ana", "Ben")], [t for t in range(6) if t // 2 != out]) for out in range(3)]
    reach = 4.302652729911275 * standard_error(np.array(left_out))  # t quantile, df 2
    assert (joined.low, joined.high) == pytest.approx((joined.alpha - reach, joined.alpha + reach), abs=1e-9)


def test_there_is_no_interval_from_one_interview_or_where_one_carries_all_of_the_code() -> None:
    texts = [talk(20, f"p{i}") for i in range(3)]
    codings = [coder(name, texts, {"help": turns}) for name, turns in (("Ana", range(1, 12)), ("Ben", range(3, 13)))]
    found = row(compared(codings, texts, codebook("help")), "help").human
    assert found.alpha is not None
    assert (found.low, found.high, found.interval_reason) == (None, None, "undefined without p0: no interval")
    found = row(compared(codings, texts[:1], codebook("help")), "help").human
    assert (found.low, found.interval_reason) == (None, "all from one interview: no interval")


def test_the_plain_functions_give_the_reports_figures_from_the_table_of_units() -> None:
    texts, said = study(np.random.default_rng(11), 6)
    codings = codings_of(texts, said, {})
    frame = units(codings, texts, codebook("help"))
    report = row(agree(frame, codings, codebook("help")), "help").human
    people = frame.xs("help", axis=1, level="code")[["Ana", "Ben"]]
    found = jackknife_over_transcripts(people, frame.index.get_level_values("transcript"))
    assert (found.figure.value, found.figure.n_units) == (pytest.approx(report.alpha, abs=1e-12), report.n_units)
    assert found.interval[:2] == pytest.approx((report.low, report.high), abs=1e-9)


def test_intervals_from_few_interviews_are_withheld_and_with_them_the_verdict() -> None:
    texts, said = study(np.random.default_rng(3), 4)
    full = compared(codings_of(texts, said, {}), texts, codebook("help"))
    kept = row(full, "help").human_model["gpt"]
    assert kept.difference_high is not None
    held = withhold(full)
    for figure in (row(held, "help"), row(held, "help").human, *row(held, "help").pairs, held.pooled_over_codes):
        assert figure.alpha is not None
        assert (figure.low, figure.high, figure.interval_reason) == (None, None, "too few interviews for an interval")
    beside = row(held, "help").human_model["gpt"]
    assert (beside.difference, beside.difference_low, beside.difference_high) == (kept.difference, None, None)
    assert (beside.verdict, beside.difference_reason) == ("cannot tell", "too few interviews for an interval")
    assert withhold(full, fewest=4) == full


def test_over_codes_there_is_a_spread_and_a_pooled_alpha_under_its_own_name(annomi: Agreement) -> None:
    found = summary(annomi).human
    alphas_of_codes = sorted(alpha for alpha, _ in ANNOMI.values())
    assert (found.n_codes, found.n_from_800, found.n_from_667, found.n_below_667) == (18, 2, 3, 13)
    assert round(found.median, 4) == pytest.approx(np.median(alphas_of_codes), abs=1e-4)
    assert (round(found.lowest, 4), round(found.highest, 4)) == (0.0882, 0.8688)
    # 1 - sum D / sum E, where a code's D = (1 - alpha) E and E = 2 n1 n0 / (n - 1): from the published figures.
    expected = {
        c: 2 * n1 * (n - n1) / (n - 1) for c, (_, n1) in ANNOMI.items() for n in [2120 if c in CLIENT else 2160]
    }
    disagreement = sum((1 - alpha) * expected[c] for c, (alpha, _) in ANNOMI.items())
    assert annomi.pooled_over_codes.alpha == pytest.approx(1 - disagreement / sum(expected.values()), abs=1e-4)
    assert annomi.pooled_over_codes.n_units == 15 * 216 + 3 * 212


def test_a_summary_counts_what_it_leaves_out() -> None:
    texts = [talk(30, f"p{i}") for i in range(3)]
    codes = [*(Code(id=c, name=c) for c in ("rare", "never")), Code(id="try", name="try", status="provisional")]
    codings = [coder(name, texts, {"rare": [1, 2], "try": [3]}) for name in ("Ana", "Ben")]
    found = summary(compared(codings, texts, codebook(*codes))).human
    assert (found.n_codes, found.median, found.n_too_rare, found.n_undefined) == (0, None, 1, 1)


# --- The result -------------------------------------------------------------------------------------------------


def test_the_result_is_the_json_of_the_contract_and_comes_back_equal(sight: Agreement) -> None:
    written = sight.model_dump_json()
    assert Agreement.model_validate_json(written) == sight
    assert "NaN" not in written
    found = json.loads(written)
    assert found["format"] == "autocode-agreement/1"
    assert {"unit", "coders", "codes", "groups"} <= set(found)
    first = {"name": "H1", "kind": "human", "stage": "undeclared", "saw": "", "codebook": "", "baseline": False}
    assert first.items() <= found["coders"][0].items()
    code = found["codes"][0]
    assert {"code", "status", "reason", "n_units", "n_transcripts", "positives"} <= set(code)
    assert {"alpha", "low", "high", "n_coders", "n_units", "status", "reason"} <= set(code["human"])
    assert {"difference", "difference_low", "difference_high", "verdict"} <= set(code["human_model"]["gpt35_few_shot"])
    pair = code["pairs"][0]
    assert {"coders", "kind", "alpha", "low", "high", "n_units", "percent", "ac1", "kappa", "status"} <= set(pair)
    assert {"positive_agreement", "negative_agreement", "reason"} <= set(pair)
    assert pair["coders"] == ["H1", "H2"]


def test_a_data_frame_has_a_row_a_figure(annomi: Agreement) -> None:
    frame = annomi.to_frame()
    people = frame[(frame["figure"] == "human") & (frame["what"] == "code")].set_index("code")
    assert {code: round(alpha, 4) for code, alpha in people["alpha"].items()} == {c: a for c, (a, _) in ANNOMI.items()}
    assert frame[frame["what"] == "group"]["code"].unique().tolist()[0] == "main_behaviour"
    with_pairs = annomi.to_frame(pairs=True)
    assert len(with_pairs) == len(frame) + 45 * (len(annomi.codes) + len(annomi.groups))


def test_the_same_units_serve_a_part_of_the_coders() -> None:
    texts, said = study(np.random.default_rng(1), 3)
    codings = codings_of(texts, said, {})
    frame = units(codings, texts, codebook("help"))
    people = agree(frame, codings[:2], codebook("help"))
    assert [info.name for info in people.coders] == ["Ana", "Ben"]
    assert row(people, "help").alpha == row(agree(frame, codings, codebook("help")), "help").human.alpha
    with pytest.raises(AgreementError, match="Cleo is not in the table of units"):
        agree(frame, [*codings, Coding(coder="Cleo")], codebook("help"))


def test_coders_who_share_no_unit_are_told_what_each_decided_on() -> None:
    texts = [talk(2, "a"), talk(2, "b")]
    codings = [coder("Ana", texts[:1], {}), coder("Ben", texts[1:], {})]
    with pytest.raises(AgreementError, match=r"Ana decided on units of a; Ben decided on units of b\); compare"):
        compared(codings, texts, codebook("help"))


def test_a_reader_of_the_figures_is_told_what_became_of_segments() -> None:
    text = talk(4)
    codings = [coder("Ana", [text], {"help": [1]}), coder("Ben", [text], {"help": [1]})]
    stray = marked(text, "help", Span(0, 2))  # the label
    codings[1] = codings[1].model_copy(update={"segments": (*codings[1].segments, stray)})
    found = compared(codings, [text], codebook("help"))
    assert found.notes == ("Ben: coded passages outside the units, which count nowhere: 1",)
