"""The example study is what its README says: planted facts about its interviews, its codebook and its coding."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import autocode as ac
from autocode import codebook as books
from autocode.coding import codings
from autocode.config import read_config
from autocode.data import Code, Codebook, Span, Transcript, Turn
from autocode.grounding import ground
from autocode.reading.codebooks import read_codebook
from autocode.reading.transcripts import read_transcripts

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "examples" / "study"

INTERVIEWS = {  # turns, of which the participant's, and words, labels not counted
    "p01": (40, 20, 631),
    "p02": (44, 22, 616),
    "p03": (44, 22, 692),
    "p04": (44, 22, 663),
}
THEMES = {
    "people": ["manager-help", "colleague-help", "office-help", "no-help"],
    "work": ["meaning", "load", "hours", "pay"],
    "staying": ["stay", "leave", "own-ways", "resilience"],
}
BOTH_ANA_BEN = {  # turns that both gave a code, only Ana, only Ben
    "manager-help": (9, 2, 1),
    "colleague-help": (8, 1, 2),
    "office-help": (0, 0, 0),
    "no-help": (6, 2, 2),
    "meaning": (4, 6, 1),
    "load": (10, 3, 2),
    "hours": (7, 1, 2),
    "pay": (6, 1, 0),
    "stay": (7, 3, 3),
    "leave": (5, 4, 2),
    "own-ways": (5, 2, 0),
}
BENT = {  # Ana's quotes that do not stand in the interview to the letter: how they are found, and what stands there
    "Between four and half five everybody wants the toilet at once, and you’re running": (
        ("p01", 10),
        "folded",
        "Between four and half five everybody wants the toilet at once, and you're running",
    ),
    "He rang back to say the lights were on.": (("p03", 28), "altered", "He rang back to say the light was on."),
}
QUOTED_BY_THE_CODEBOOK = {("p02", 12): "colleague-help", ("p04", 10): "load"}


@pytest.fixture(scope="module")
def interviews() -> dict[str, Transcript]:
    return {transcript.id: transcript for transcript in read_transcripts(STUDY / "interviews")}


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook(STUDY / "codebook.yaml")


def rows(name: str) -> list[dict[str, str]]:
    with (STUDY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(transcript: Transcript, turn: Turn) -> str:
    return transcript.text[turn.span.start : turn.span.end]


def place(row: dict[str, str], interviews: dict[str, Transcript]) -> tuple[str, int]:
    """Where a row of Ana's or Ben's stands: the turn it names, else the one turn that holds its quote."""
    if row["turn"]:
        return row["transcript"], int(row["turn"])
    if row["quote"] in BENT:
        return BENT[row["quote"]][0]
    transcript = interviews[row["transcript"]]
    assert transcript.text.count(row["quote"]) == 1, row
    start = transcript.text.index(row["quote"])
    (turn,) = [turn for turn in transcript.turns if turn.span.start <= start < turn.span.end]
    return transcript.id, turn.number


def asked_ids(codebook: Codebook) -> list[str]:
    return [code.id for code in books.asked(codebook)]


def written(code: Code) -> list[str]:
    texts = [code.definition, *code.include, *code.exclude, *(example.text for example in code.examples)]
    return [*texts, *(example.text for example in code.counterexamples)]


def sixes(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w'-]+", text.casefold())
    return {tuple(words[at : at + 6]) for at in range(len(words) - 5)}


# --- The interviews -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", INTERVIEWS)
def test_an_interview_has_its_turns_speakers_and_words(id: str, interviews: dict[str, Transcript]) -> None:
    transcript = interviews[id]
    speakers = Counter(turn.speaker for turn in transcript.turns)
    words = sum(len(said(transcript, turn).split()) for turn in transcript.turns)

    turns, of_the_participant, planted_words = INTERVIEWS[id]
    assert speakers == {"INT": turns - of_the_participant, f"P{id[-1]}": of_the_participant}
    assert words == planted_words
    assert [turn.number for turn in transcript.turns] == list(range(1, turns + 1))


def test_there_are_four_interviews_and_the_reader_has_nothing_to_warn_of(interviews: dict[str, Transcript]) -> None:
    assert list(interviews) == list(INTERVIEWS)
    assert [note for transcript in interviews.values() for note in transcript.notes] == []


def test_interviewer_and_participant_take_turns(interviews: dict[str, Transcript]) -> None:
    for transcript in interviews.values():
        assert [turn.speaker == "INT" for turn in transcript.turns] == [True, False] * (len(transcript.turns) // 2)


def test_a_turn_of_several_cues_reads_as_one(interviews: dict[str, Transcript]) -> None:
    joost = interviews["p04"]
    assert said(joost, joost.turns[5]) == (
        "That's the best one. I put the radio on low, I feed the sourdough, I don't speak. "
        "If someone came in at two I'd be, well, I'd be rude."
    )
    starts = [turn.starts_at for turn in joost.turns]
    assert starts == sorted(start for start in starts if start is not None)


def test_the_tables_name_every_interview_and_its_participant(interviews: dict[str, Transcript]) -> None:
    assert [row["transcript"] for row in rows("transcripts.csv")] == list(interviews)
    people = rows("participants.csv")
    assert [(person["transcript"], person["speaker"]) for person in people] == [
        (transcript.id, transcript.turns[1].speaker) for transcript in interviews.values()
    ]
    assert [person["pseudonym"] for person in people if person["may_quote"] == "no"] == ["Leyla"]
    text = "\n".join(transcript.text for transcript in interviews.values())
    assert not [person for person in people if person["pseudonym"] in text]


def test_the_settings_leave_the_interviewer_out_and_send_nothing_anywhere() -> None:
    settings = read_config(STUDY)
    assert (settings.transcripts, settings.codebook) == (STUDY / "interviews", STUDY / "codebook.yaml")
    assert (settings.exclude_speakers, settings.unit) == (("INT",), "turn")
    assert (settings.model, settings.send) == ("", None)


# --- The codebook ---------------------------------------------------------------------------------------------------


def test_the_codebook_has_three_themes_with_eleven_codes_and_a_retired_one(codebook: Codebook) -> None:
    assert (codebook.id, codebook.version) == ("support-study", 3)
    assert {theme.id: [code.id for code in books.children(codebook, theme.id)] for theme in codebook.codes} == {
        **{code.id: [] for code in codebook.codes},
        **THEMES,
    }
    assert {code.id: code.status for code in codebook.codes if code.status != "active"} == {
        "own-ways": "provisional",
        "resilience": "retired",
    }
    assert asked_ids(codebook) == list(BOTH_ANA_BEN)
    assert [(group.id, group.codes, group.pick) for group in codebook.groups] == [("valence", ("stay", "leave"), "one")]


def test_the_changes_tell_when_a_code_came_and_went(codebook: Codebook) -> None:
    assert [(change.version, change.kind, change.codes, change.recode) for change in codebook.changes] == [
        (2, "edit", ("manager-help", "no-help"), True),
        (3, "retire", ("resilience",), False),
        (3, "add", ("own-ways",), True),
    ]


def test_a_code_that_is_asked_is_written_out(codebook: Codebook) -> None:
    for code in books.asked(codebook):
        assert all([code.definition, code.include, code.exclude, code.examples, code.plain]), code.id
        assert all(example.source for example in code.examples), code.id


def test_an_exclusion_names_what_to_use_instead_or_says_that_no_code_is(codebook: Codebook) -> None:
    known = asked_ids(codebook)
    for code in books.asked(codebook):
        for text in code.exclude:
            (instead,) = re.findall(r"\((no code|use .+)\)$", text)
            if pointed := re.match(r"use(?: only)? ([a-z]+-?[a-z]+)(?:$|;)", instead):
                assert pointed[1] in known, text
                assert pointed[1] != code.id, text
        assert {example.use for example in code.counterexamples} <= {"", *known} - {code.id}


def test_only_two_examples_are_taken_from_the_interviews_word_for_word(
    codebook: Codebook, interviews: dict[str, Transcript]
) -> None:
    found = {
        (transcript.id, turn.number): code.id
        for code in codebook.codes
        for text in written(code)
        for transcript in interviews.values()
        for turn in transcript.turns
        if sixes(text) & sixes(said(transcript, turn)) or text.casefold() == said(transcript, turn).casefold()
    }
    assert found == QUOTED_BY_THE_CODEBOOK
    sources = {example.source for code in codebook.codes for example in code.examples}
    assert sources & set(interviews) == {transcript for transcript, _ in QUOTED_BY_THE_CODEBOOK}


def test_the_codebook_to_start_from_is_that_of_the_study_without_its_history(codebook: Codebook) -> None:
    shipped = read_codebook(ROOT / "codebooks" / "support-at-work.yaml")
    assert (shipped.id, shipped.version, shipped.changes) == ("support-at-work", 1, ())

    def rules(code: Code) -> object:
        return code.id, code.name, code.parent, code.definition, code.include, code.exclude, code.plain

    ours = [rules(code) for code in codebook.codes if code.id != "resilience"]
    assert [rules(code) for code in shipped.codes] == ours
    assert {example.source for code in shipped.codes for example in code.examples} == {""}


# --- The coding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coder", ["ana", "ben"])
def test_every_row_names_a_code_that_is_asked_and_a_turn_of_the_participant(
    coder: str, codebook: Codebook, interviews: dict[str, Transcript]
) -> None:
    for row in rows(f"coding/{coder}.csv"):
        assert row["code"] in asked_ids(codebook), row
        transcript, number = place(row, interviews)
        assert interviews[transcript].turns[number - 1].speaker != "INT", row


def test_each_of_anas_quotes_stands_in_its_turn_but_for_the_two_bent_ones(interviews: dict[str, Transcript]) -> None:
    missed = {}
    for row in rows("coding/ana.csv"):
        transcript, number = place(row, interviews)
        if row["quote"] not in said(interviews[transcript], interviews[transcript].turns[number - 1]):
            missed[row["quote"]] = (transcript, number)
    assert missed == {quote: turn for quote, (turn, _, _) in BENT.items()}


@pytest.mark.parametrize("quote", BENT)
def test_a_bent_quote_is_found_where_it_was_bent_from(quote: str, interviews: dict[str, Transcript]) -> None:
    (id, number), match, stands = BENT[quote]
    transcript = interviews[id]
    turn = transcript.turns[number - 1]
    for within in (turn.span, Span(0, len(transcript.text))):
        found = ground(quote, transcript.text, within=within)
        assert (found.match, found.outside, found.ambiguous) == (match, False, False)
        assert found.span is not None
        # Closing punctuation may stay outside; the words may not.
        assert transcript.text[found.span.start : found.span.end].rstrip(".") == stands.rstrip(".")


def test_ana_places_her_codes_in_every_way_there_is() -> None:
    ways = Counter((bool(row["quote"]), bool(row["turn"]), bool(row["memo"])) for row in rows("coding/ana.csv"))
    placed = [(True, False), (True, True), (False, True)]
    assert all(ways[quote, turn, memo] for quote, turn in placed for memo in (False, True))
    assert ways[False, False, False] == ways[False, False, True] == 0


def test_coders_csv_says_that_both_read_everything_alone_with_the_current_codebook(
    codebook: Codebook, interviews: dict[str, Transcript]
) -> None:
    readings = rows("coding/coders.csv")
    assert [(row["coder"], row["transcript"]) for row in readings] == [
        (coder, id) for coder in ("ana", "ben") for id in interviews
    ]
    declared = {(row["kind"], row["turns"], row["stage"], row["codebook"], row["saw"]) for row in readings}
    assert declared == {("human", "", "independent", str(codebook.version), "nothing")}
    assert min(row["date"] for row in readings) > max(change.date for change in codebook.changes)


def turns_by_code(coder: str, interviews: dict[str, Transcript]) -> dict[str, set[tuple[str, int]]]:
    turns: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in rows(f"coding/{coder}.csv"):
        turns[row["code"]].add(place(row, interviews))
    return turns


def test_ana_and_ben_agree_and_differ_as_planted(codebook: Codebook, interviews: dict[str, Transcript]) -> None:
    ana, ben = turns_by_code("ana", interviews), turns_by_code("ben", interviews)
    assert {
        code: (len(ana[code] & ben[code]), len(ana[code] - ben[code]), len(ben[code] - ana[code]))
        for code in asked_ids(codebook)
    } == BOTH_ANA_BEN


def test_nobody_gave_a_turn_both_a_reason_to_stay_and_a_thought_of_leaving(interviews: dict[str, Transcript]) -> None:
    ana, ben = turns_by_code("ana", interviews), turns_by_code("ben", interviews)
    assert not ana["stay"] & ana["leave"]
    assert not ben["stay"] & ben["leave"]
    assert (ana["stay"] & ben["leave"]) | (ana["leave"] & ben["stay"]) == {("p03", 40), ("p04", 34), ("p04", 42)}


def test_both_codings_are_read_whole_and_only_the_bent_quote_is_told(
    codebook: Codebook, interviews: dict[str, Transcript]
) -> None:
    people = codings(STUDY / "coding", interviews.values(), codebook=codebook, exclude_speakers=["INT"])
    assert [(person.coder, person.kind, person.stage) for person in people] == [
        ("ana", "human", "independent"),
        ("ben", "human", "independent"),
    ]
    (bent,) = people[0].notes
    assert "ana: 1 row whose quote has other words than the transcript" in bent
    assert people[1].notes == ()
    for person in people:
        assert len(person.segments) == len(rows(f"coding/{person.coder}.csv"))
        assert all(segment.counts for segment in person.segments)
        assert {passage.transcript for passage in person.seen} == set(interviews)
    ana = Counter(segment.match for segment in people[0].segments)
    assert (ana["folded"], ana["altered"], ana["none"]) == (1, 1, 0)


# --- What the two commands make of it -------------------------------------------------------------------------------


def planted_alpha(both: int, only_ana: int, only_ben: int, n_units: int) -> float:
    """Krippendorff's alpha of two coders and two values, from the four cells: 1 - (n - 1) o01 / (n0 n1)."""
    n, differ = 2 * n_units, only_ana + only_ben
    n1 = 2 * both + differ
    return 1 - (n - 1) * differ / ((n - n1) * n1)


def test_agree_shows_good_codes_a_weak_one_rare_ones_and_one_never_used(
    codebook: Codebook, interviews: dict[str, Transcript]
) -> None:
    people = codings(STUDY / "coding", interviews.values(), codebook=codebook, exclude_speakers=["INT"])
    units = ac.units(people, list(interviews.values()), codebook, exclude_speakers=["INT"])
    agreement = {code.code: code for code in ac.agree(units, people, codebook).codes if code.level == "code"}
    n_units = sum(of_the_participant for _, of_the_participant, _ in INTERVIEWS.values())

    assert {id: code.status for id, code in agreement.items() if code.status != "ok" and id in BOTH_ANA_BEN} == {
        "office-help": "no variation",
        "pay": "too rare",
        "own-ways": "too rare",
    }
    alphas = {id: agreement[id].human.alpha for id in BOTH_ANA_BEN}
    assert alphas.pop("office-help") is None
    assert alphas == pytest.approx(
        {id: planted_alpha(*cells, n_units) for id, cells in BOTH_ANA_BEN.items() if id != "office-help"}
    )
    assert min(alphas, key=lambda id: alphas[id] or 0) == "meaning"
    assert {code.n_units for code in agreement.values()} == {n_units}


def test_the_baseline_finds_passages_in_every_interview_and_is_not_tested_on_what_it_was_shown(
    codebook: Codebook, interviews: dict[str, Transcript], tmp_path: Path
) -> None:
    run = ac.Run(tmp_path / "run", exclude_speakers=["INT"])
    ac.code(interviews.values(), codebook, coder=ac.model_coder("lexical", codebook), run=run)
    coders = [
        *codings(tmp_path / "run", interviews.values()),
        *codings(STUDY / "coding", interviews.values(), codebook=codebook, exclude_speakers=["INT"]),
    ]
    (baseline,) = [coder for coder in coders if coder.kind == "model"]
    assert {(segment.match, segment.problem) for segment in baseline.segments} == {("exact", ())}
    assert {segment.transcript_id for segment in baseline.segments} == set(interviews)
    assert len({segment.code for segment in baseline.segments}) == len(BOTH_ANA_BEN)

    units = ac.units(coders, list(interviews.values()), codebook, exclude_speakers=["INT"])
    left_out = {
        code.code: code.human_model[baseline.coder].n_left_out
        for code in ac.agree(units, coders, codebook).codes
        if code.level == "code" and code.human_model
    }
    assert {id for id, n in left_out.items() if n} == set(QUOTED_BY_THE_CODEBOOK.values())


@pytest.mark.parametrize("name", ["code_a_folder", "agreement_of_three", "table_for_r", "what_moved"])
def test_the_scripts_run_as_they_stand(name: str, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(STUDY, study, ignore=shutil.ignore_patterns("runs"))
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / f"{name}.py", study],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout
