"""Samples: blocks of neighbours in every interview, known chances, planned widths, and looks that are counted."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SHARED, Cli, Scripted, says
from hypothesis import given
from hypothesis import strategies as st

import autocode as ac
from autocode.agreement import jackknife_over_transcripts
from autocode.sampling import Sample, SampledTurn, draw, expected_width, plan
from autocode.sampling.drawing import cut_into_blocks
from autocode.sampling.expecting import habits
from autocode.sampling.seen import seen_so_far

ROOT = Path(__file__).resolve().parents[1]


def interview(id: str, n: int, words: Callable[[int], str] = "answer number {0}".format) -> ac.Transcript:
    """An interview of n questions and n answers: the answers have the even numbers."""
    turns, text = [], ""
    for number in range(1, 2 * n + 1):
        speaker, said = ("P1", words(number)) if number % 2 == 0 else ("INT", "And then?")
        start = len(text) + len(speaker) + 2
        turns.append(ac.Turn(number, speaker, ac.Span(start, start + len(said))))
        text += f"{speaker}: {said}\n"
    return ac.Transcript(id=id, text=text, turns=tuple(turns))


INTERVIEWS = [interview("p01", 40), interview("p02", 25), interview("p03", 7)]
BOOK = ac.Codebook(id="book", codes=(ac.Code(id="help", name="Help"), ac.Code(id="pay", name="Pay")))


def drawn(transcripts: Iterable[ac.Transcript] = INTERVIEWS, book: ac.Codebook = BOOK, **asked: Any) -> Sample:
    return draw(transcripts, book, exclude_speakers=("INT",), **({"turns": 5} | asked))


def of(sample: Sample, transcript: str) -> list[int]:
    return [turn.turn for turn in sample.turns if turn.transcript == transcript]


# --- Drawing ----------------------------------------------------------------------------------------------------


def test_every_interview_gives_its_blocks_of_neighbours_and_the_interviewer_none() -> None:
    sample = drawn(blocks=2)
    assert (sample.n_blocks, sample.n_transcripts, sample.n_codable) == (5, 3, 40 + 25 + 7)
    assert all(turn.turn % 2 == 0 for turn in sample.turns)
    by_block: dict[tuple[str, int], list[int]] = {}
    for turn in sample.turns:
        by_block.setdefault((turn.transcript, turn.block), []).append(turn.turn)
    assert Counter(id for id, _ in by_block) == {"p01": 2, "p02": 2, "p03": 1}
    for there in by_block.values():
        assert there == list(range(there[0], there[0] + 2 * len(there), 2))  # nobody skipped but the interviewer
        assert 5 <= len(there) <= 7
    assert any("p03 (1 of 2)" in note for note in sample.notes)


def test_the_probability_of_a_turn_is_the_share_of_its_transcripts_blocks() -> None:
    found = {(turn.transcript, turn.probability, turn.blocks) for turn in drawn(blocks=2).turns}
    assert found == {("p01", 2 / 8, 8), ("p02", 2 / 5, 5), ("p03", 1.0, 1)}


@given(st.integers(0, 300), st.integers(1, 40))
def test_blocks_hold_every_turn_once_in_order_and_are_evened_out(n: int, length: int) -> None:
    blocks = cut_into_blocks(range(n), length)
    assert [turn for block in blocks for turn in block] == list(range(n))
    sizes = {len(block) for block in blocks}
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert not sizes or max(sizes) <= max(n, 1) if n < length else all(size < 2 * length for size in sizes)


def test_over_many_seeds_each_turn_is_drawn_as_often_as_its_probability_says_also_beside_another_sample() -> None:
    first, second = Counter[int](), Counter[int]()
    for seed in range(400):
        tune = drawn(blocks=3, seed=seed)
        first.update(of(tune, "p01"))
        second.update(of(drawn(blocks=2, seed=seed + 9000, purpose="check", taken=tune.turns), "p01"))
    for times, share in ((first, 3 / 8), (second, 2 / 8)):
        assert sorted(times) == list(range(2, 81, 2))
        within = 4 * (400 * share * (1 - share)) ** 0.5
        assert all(abs(n - 400 * share) < within for n in times.values())


def test_the_same_seed_gives_the_same_turns_another_seed_others_and_a_new_interview_moves_nobody() -> None:
    assert drawn(blocks=2) == drawn(reversed(INTERVIEWS), blocks=2)
    assert drawn(blocks=2).turns != drawn(blocks=2, seed=2).turns
    more = drawn([*INTERVIEWS, interview("p00", 30)], blocks=2)
    assert [turn for turn in more.turns if turn.transcript != "p00"] == list(drawn(blocks=2).turns)


def test_a_seed_draws_the_same_turns_for_years() -> None:
    # What a study has drawn must come out again, whatever libraries are installed by then: a hash and nothing else.
    first = min(range(5), key=lambda i: hashlib.sha256(f"7\np02\n{i}".encode()).hexdigest())
    assert {(t.block, t.turn) for t in drawn(blocks=1, seed=7).turns if t.transcript == "p02"} == {
        (first + 1, 10 * first + 2 * n) for n in range(1, 6)
    }


def test_two_samples_share_no_turn_and_the_second_says_where_too_little_is_left() -> None:
    tune = drawn(blocks=3)
    check = drawn(blocks=3, purpose="check", taken=tune.turns)
    assert not {(t.transcript, t.turn) for t in tune.turns} & {(t.transcript, t.turn) for t in check.turns}
    assert any("p02 (2 of 3), p03 (0 of 3)" in note for note in check.notes)
    with pytest.raises(ac.InputError, match="nothing left to draw"):
        drawn(INTERVIEWS[2:], blocks=1, taken=tune.turns)


def test_blocks_of_another_length_beside_a_sample_are_refused_since_no_chance_would_be_known() -> None:
    with pytest.raises(ac.InputError, match="give the --turns of that sample"):
        drawn(blocks=1, turns=3, taken=drawn(blocks=1).turns)


def test_passages_are_shared_out_by_length_with_a_block_for_everybody() -> None:
    sample = drawn(passages=40)
    blocks = Counter(id for id, _ in {(turn.transcript, turn.block) for turn in sample.turns})
    assert blocks == {"p01": 4, "p02": 3, "p03": 1}  # of 8, 5 and 1 blocks
    assert 40 <= len(sample.turns) <= 44


def test_more_turns_than_asked_for_are_told_with_what_to_do() -> None:
    there = [interview(f"p{n}", 6) for n in range(4)]
    sample = drawn(there, passages=8)
    assert len(sample.turns) == 24
    (note,) = sample.notes
    assert "24 turns are drawn where 8 were asked for" in note
    assert "--turns K" in note
    assert not drawn(there, passages=8, turns=2).notes


def test_turns_of_a_speaker_whom_no_code_is_for_are_context() -> None:
    book = ac.Codebook(id="book", codes=(ac.Code(id="help", name="Help", speakers=("INT",)),))
    sample = draw(INTERVIEWS, book, blocks=2, turns=5)
    assert {turn.turn % 2 for turn in sample.turns} == {1}
    both = ac.Codebook(id="book", codes=(*book.codes, ac.Code(id="pay", name="Pay")))
    assert draw(INTERVIEWS, both, blocks=2, turns=5).n_codable == 2 * sample.n_codable


def test_what_the_codebook_quotes_leaves_an_anchor_and_no_other_sample() -> None:
    said = {6: "She sat down with me, and moved two deadlines for me.", 8: "HR sent a leaflet about it, once a year."}
    there = [interview("p01", 6, lambda n: said.get(n, f"Something else altogether was said as number {n}"))]
    code = ac.Code(
        id="help",
        name="Help",
        examples=(ac.Example(text="sat down with me and moved"),),
        counterexamples=(ac.Counterexample(text="“HR sent a leaflet about it”"),),
    )
    book = ac.Codebook(id="book", codes=(code,))
    anchor = drawn(there, book, blocks=9, turns=3, purpose="anchor")
    assert of(anchor, "p01") == [2, 4, 10, 12]
    assert anchor.n_quoted == 2
    assert any("2 turns left the sample" in note for note in anchor.notes)
    assert of(drawn(there, book, blocks=9, turns=3, purpose="check"), "p01") == [2, 4, 6, 8, 10, 12]
    # A second sample beside the anchor knows its blocks, though turns have left them.
    with pytest.raises(ac.InputError, match="nothing left"):
        drawn(there, book, blocks=1, turns=3, taken=anchor.turns)


def test_who_is_excluded_and_never_speaks_and_who_has_no_turn_to_code_is_told() -> None:
    silent = ac.Transcript(id="p09", text="INT: Hello?\n", turns=(ac.Turn(1, "INT", ac.Span(5, 11)),))
    sample = draw([*INTERVIEWS, silent], BOOK, blocks=1, exclude_speakers=("INT", "ITN"))
    assert any('"ITN", whom no transcript has; did you mean "INT"?' in note for note in sample.notes)
    assert any("p09: no turn of it may be coded" in note for note in sample.notes)
    assert "p09" not in {turn.transcript for turn in sample.turns}


@pytest.mark.parametrize("asked", [{}, {"blocks": 1, "passages": 5}, {"blocks": 0}, {"passages": 0}])
def test_a_draw_without_one_size_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(ac.InputError, match="blocks"):
        drawn(**asked)


# --- How wide the interval will be ------------------------------------------------------------------------------


@given(st.floats(0.001, 0.999), st.floats(0, 1))
def test_the_habits_behind_a_share_and_an_alpha_give_both_back(rate: float, alpha: float) -> None:
    found = habits(rate, alpha)
    assert found.rate == pytest.approx(rate)
    assert 1 - found.disagreement / (2 * rate * (1 - rate)) == pytest.approx(alpha, abs=1e-9)
    assert 0 <= found.extras <= found.seen + 1e-12 <= 1 + 1e-12


@dataclass(frozen=True)
class Simulated:
    """Studies with a known truth, drawn as `eval/quality/coverage.py` draws them."""

    transcripts: int
    turns: int
    coders: int = 2
    prevalence: float = 0.12
    seen: float = 0.85
    extras: float = 0.01
    icc: float = 0.05
    dicc: float = 0.1

    @property
    def rate(self) -> float:
        return self.prevalence * self.seen + (1 - self.prevalence) * self.extras

    @property
    def alpha(self) -> float:
        both = self.prevalence * self.seen**2 + (1 - self.prevalence) * self.extras**2
        return 1 - (self.rate - both) / (self.rate * (1 - self.rate))

    def width(self, studies: int = 150) -> float:
        """The median width of the interval that every report gives."""
        rng = np.random.default_rng(3)
        where = np.repeat(np.arange(self.transcripts), self.turns)
        found = [jackknife_over_transcripts(self._study(rng), where).interval for _ in range(studies)]
        return float(np.median([i.high - i.low for i in found if i.low is not None and i.high is not None]))

    def _study(self, rng: np.random.Generator) -> np.ndarray:
        common = self._beta(rng, self.prevalence, self.icc, (self.transcripts, 1, 1))
        seen = self._beta(rng, self.seen, self.dicc, (self.transcripts, 1, self.coders))
        there = rng.random((self.transcripts, self.turns, 1)) < common
        marked = rng.random((self.transcripts, self.turns, self.coders)) < np.where(there, seen, self.extras)
        return marked.reshape(-1, self.coders).astype(np.int8)

    @staticmethod
    def _beta(rng: np.random.Generator, mean: float, icc: float, shape: tuple[int, ...]) -> np.ndarray:
        size = 1 / icc - 1 if icc else 1e9
        return rng.beta(mean * size, (1 - mean) * size, size=shape)

    def predicted(self) -> float:
        return expected_width(
            self.rate,
            self.alpha,
            coders=self.coders,
            transcripts=self.transcripts,
            passages=self.turns,
            icc=self.icc,
            dicc=self.dicc,
        )


@pytest.mark.parametrize(
    "study",
    [
        Simulated(8, 120),
        Simulated(17, 120, prevalence=0.05, dicc=0),
        Simulated(17, 24, coders=3),
        Simulated(40, 120, prevalence=0.02, extras=0.002, icc=0.03),
        Simulated(17, 120, icc=0, dicc=0),
        Simulated(8, 60, coders=5, prevalence=0.3, seen=0.6),
    ],
    ids=str,
)
def test_the_predicted_width_is_within_a_fifth_of_the_simulated_one(study: Simulated) -> None:
    assert study.predicted() == pytest.approx(study.width(), rel=0.2)


def test_two_whole_interviews_give_an_interval_many_times_wider_than_as_many_passages_in_blocks() -> None:
    whole, blocks = Simulated(2, 120), Simulated(17, 14)
    assert whole.width() > 4 * blocks.width()
    assert expected_width(0.12, 0.7, transcripts=2, passages=120) > 4 * expected_width(
        0.12, 0.7, transcripts=17, passages=14
    )


@given(st.floats(0.01, 0.9), st.floats(0.1, 0.95), st.integers(2, 6), st.integers(3, 60), st.integers(2, 200))
def test_more_coders_interviews_or_passages_never_make_the_interval_wider(
    rate: float, alpha: float, coders: int, transcripts: int, passages: int
) -> None:
    def width(**more: int) -> float:
        given = {"coders": coders, "transcripts": transcripts, "passages": passages} | more
        return expected_width(rate, alpha, **given) * (1 + 1e-12)

    assert width(coders=coders + 1) <= width() * (1 + 1e-9)
    assert width(transcripts=transcripts + 1) < width()
    assert width(passages=passages + 1) <= width() * (1 + 1e-9)


@pytest.mark.parametrize("dicc", [0, 0.3])
def test_where_interviews_differ_otherwise_than_assumed_the_coding_so_far_brings_the_width_nearer(dicc: float) -> None:
    pilot, whole = Simulated(8, 40, prevalence=0.3, dicc=dicc), Simulated(17, 60, prevalence=0.3, dicc=dicc)
    width, rng, where = whole.width(), np.random.default_rng(1), np.repeat(np.arange(8), 40)
    without, with_it = [], []
    for _ in range(60):
        seen = seen_so_far(pilot._study(rng), where)
        icc = seen.icc(seen.rate, seen.alpha)
        reckoned = expected_width(seen.rate, seen.alpha, transcripts=17, passages=60, icc=icc)
        without.append(abs(np.log(reckoned / width)))
        with_it.append(abs(np.log(reckoned * seen.spread(seen.rate, seen.alpha) / width)))
    assert np.mean(with_it) < 0.9 * np.mean(without)


# --- Planning ---------------------------------------------------------------------------------------------------


def read_by(name: str, transcripts: list[ac.Transcript], yes: dict[str, set[tuple[str, int]]]) -> ac.Coding:
    segments = [
        ac.CodedSegment(id=f"{name}{code}{t.id}{n}", transcript_id=t.id, code=code, span=t.turns[n - 1].span)
        for code, where in yes.items()
        for t in transcripts
        for id, n in sorted(where)
        if id == t.id
    ]
    seen = tuple(ac.Passage(t.id, ac.Span(0, len(t.text))) for t in transcripts)
    return ac.Coding(coder=name, seen=seen, segments=tuple(segments))


SIX = [interview(f"p{i:02}", 30) for i in range(1, 7)]
COMMON = {(t.id, n) for t in SIX for n in range(2, 61, 2) if (n + int(t.id[1:])) % 5 == 0}
RARE = {("p01", 4), ("p03", 8)}


def planned(codings: list[ac.Coding], **asked: Any) -> Any:
    frame = ac.units(codings, SIX, BOOK, exclude_speakers=("INT",))
    found = plan(frame, codings, BOOK, **({"coders": 2, "passages": 120} | asked))
    return found, {code.code: code for code in found.codes}


def test_a_plan_goes_by_the_share_and_the_alpha_seen_so_far_and_names_what_stays_too_rare() -> None:
    ben = {t for t in COMMON if t[1] != 20} | {("p02", 2)}
    found, codes = planned([read_by("ana", SIX, {"help": COMMON, "pay": RARE}), read_by("ben", SIX, {"help": ben})])
    help, pay = codes["help"], codes["pay"]
    assert help.prevalence == pytest.approx((len(COMMON) + len(ben)) / 360)
    assert (help.n_seen, help.alpha_assumed, help.icc_assumed, help.status) == (180, False, False, "ok")
    assert 0 < help.width_after_one_more_hour < help.width < 1
    assert (pay.status, pay.width, pay.alpha_assumed) == ("too rare", None, True)
    assert pay.passages_needed > 180
    assert any("too rare in all 180 passages" in line and "pay" in line for line in found.sentences())
    assert found.source == "seen so far by ana, ben"
    assert any("one more hour of each coder (60 passages): median width" in line for line in found.lines())


def test_a_plan_from_nothing_needs_a_prevalence_and_says_what_is_assumed() -> None:
    with pytest.raises(ac.InputError, match="--prevalence"):
        planned([])
    found, codes = planned([], prevalence=0.2, minutes_a_passage=2)
    assert {code.n_seen for code in found.codes} == {0}
    assert codes["help"].width == pytest.approx(expected_width(0.2, 0.7, transcripts=6, passages=20))
    assert codes["help"].width_after_one_more_hour == pytest.approx(
        expected_width(0.2, 0.7, transcripts=6, passages=25)
    )
    assert (found.hours, found.more_passages) == (4, 30)
    assert any("assumed" in note for note in found.notes)


def test_a_code_that_nobody_marked_is_bounded_by_the_rule_of_three() -> None:
    _, codes = planned([read_by("ana", SIX, {"help": COMMON})])
    assert codes["pay"].status == "too rare"
    assert "at most 1 passage in 60" in codes["pay"].reason


def test_a_plan_for_more_passages_than_there_are_reckons_with_those_and_more_hours_buy_nothing() -> None:
    found, codes = planned([], prevalence=0.2, passages=5000)
    assert found.passages == 180
    assert codes["help"].width_after_one_more_hour is None
    assert any("only 180 passages" in note for note in found.notes)
    assert any("buys nothing" in line for line in found.sentences())


def test_under_five_interviews_no_width_is_promised() -> None:
    four = SIX[:4]
    frame = ac.units([], four, BOOK, exclude_speakers=("INT",))
    found = plan(frame, [], BOOK, coders=2, passages=120, prevalence=0.3)
    assert {(code.status, code.width) for code in found.codes} == {("too few interviews", None)}


@pytest.mark.parametrize(
    "wrong", [{"coders": 1}, {"prevalence": 5.0}, {"passages": 0}, {"minutes_a_passage": 0}, {"alpha": 2.0}]
)
def test_a_plan_with_impossible_numbers_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ac.InputError):
        planned([], **({"prevalence": 0.1} | wrong))


# --- The command ------------------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "interviews").mkdir(parents=True)
    (folder / "coding").mkdir()
    (folder / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (folder / "codebook.yaml").write_text(
        "format: autocode-codebook/1\nid: soup\nversion: 1\ncodes:\n  - {id: help, name: Help, definition: Help came}\n"
    )
    for text in INTERVIEWS:
        (folder / "interviews" / f"{text.id}.txt").write_text(text.text)
    for who in ("ana", "ben"):
        lines = [f"{text.id},{2 * n},help" for text in INTERVIEWS for n in range(1, 8)]
        (folder / "coding" / f"{who}.csv").write_text("transcript,turn,code\n" + "\n".join(lines) + "\n")
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_the_sample_and_the_same_command_on_another_machine_the_same_bytes(
    cli: Cli, study: Path
) -> None:
    code, out, err = cli("sample", study, "main", "--blocks", 2, "--turns", 5, "--purpose", "check")
    path = study / "samples" / "main.csv"
    assert (code, "over 3 interviews (purpose check, seed 1)" in out, str(path) in err) == (0, True, True)
    before = path.read_bytes()
    assert before.startswith(b"transcript,turn,purpose,probability,")
    assert {(row["purpose"], row["probability"]) for row in rows(path)} == {
        ("check", "0.25"),
        ("check", "0.4"),
        ("check", "1"),
    }
    path.unlink()
    assert (
        json.loads(cli("sample", study, "main", "--blocks", 2, "--turns", 5, "--purpose", "check", "--json")[1])[
            "format"
        ]
        == "autocode-sample/1"
    )
    assert path.read_bytes() == before


def test_a_sample_is_never_replaced_in_silence_and_not_at_all_once_it_was_looked_at(cli: Cli, study: Path) -> None:
    asked = ("sample", study, "main", "--blocks", 1, "--turns", 5, "--purpose", "check")
    cli(*asked)
    path = study / "samples" / "main.csv"
    before = path.read_bytes()
    code, _, err = cli(*asked, "--seed", 5)
    assert (code, "--force" in err, path.read_bytes()) == (1, True, before)
    assert cli(*asked, "--seed", 5, "--force")[0] == 0
    assert path.read_bytes() != before
    cli("agree", study)
    code, _, err = cli(*asked, "--force")
    assert code == 1
    assert "has been compared on it" in err


def test_an_anchor_is_drawn_by_its_flag_and_names_that_are_no_file_names_are_refused(
    cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("sample", study, "fixed", "--anchor", "--passages", 20, "--turns", 5)[0] == 0
    assert {row["purpose"] for row in rows(study / "samples" / "fixed.csv")} == {"anchor"}
    assert cli("sample", study, "../fixed", "--blocks", 1)[0] == 1
    assert cli("sample", study, "--blocks", 1)[0] != 0
    monkeypatch.chdir(study)
    assert cli("sample", "--blocks", 1)[0] == 2
    assert cli("sample", "here", "--blocks", 1, "--turns", 5)[0] == 0
    assert (study / "samples" / "here.csv").exists()
    assert cli("sample", study, "a", "--anchor", "--purpose", "tune", "--blocks", 1)[0] == 2
    assert cli("sample", study, "--plan")[0] == 2


def test_the_plan_comes_as_lines_and_as_json(cli: Cli, study: Path) -> None:
    code, out, _ = cli("sample", study, "--plan", "--passages", 40, "--coders", 3, "--minutes-a-passage", 1.5)
    assert code == 0
    assert "3 coders, 40 passages each in blocks over 3 interviews: 1.0 hours of each coder" in out
    found = json.loads(cli("sample", study, "--plan", "--passages", 40, "--json")[1])
    assert (found["format"], found["codes"][0]["n_seen"], found["codes"][0]["status"]) == (
        "autocode-sample-plan/1",
        72,
        "too few interviews",
    )
    assert not (study / "samples").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("p01,2,chek,0.5", ':2: "chek" is no purpose'),
        ("p01,two,tune,0.5", ":2: turn is a whole number"),
        ('p01,2,tune,"0,5"', ":2: turn is a whole number"),
        ("p01,2,tune,1.5", ":2: a turn counts from 1"),
        ("p01,0,tune,1", ":2: a turn counts from 1"),
    ],
)
def test_a_bad_line_of_a_sample_is_told_with_its_place(cli: Cli, study: Path, line: str, told: str) -> None:
    (study / "samples").mkdir()
    (study / "samples" / "main.csv").write_text(f"transcript,turn,purpose,probability\n{line}\n")
    code, _, err = cli("agree", study, "--sample", "main")
    assert code == 1
    assert told in err


def test_agree_compares_the_turns_of_a_sample_and_names_the_sample_that_was_meant(cli: Cli, study: Path) -> None:
    cli("sample", study, "main", "--blocks", 1, "--turns", 5)
    drawn = len(rows(study / "samples" / "main.csv"))
    found = json.loads(cli("agree", study, "--sample", "main", "--json")[1])
    assert found["n_units"] == drawn
    assert json.loads(cli("agree", study, "--json")[1])["n_units"] == 72
    (study / "interviews" / "p03.txt").write_text("INT: And then?\nP1: Short.\nINT: And?\nP1: Well.\n")
    lines = [f"{id},{n},help" for id in ("p01", "p02") for n in range(2, 15, 2)]
    for who in ("ana", "ben"):
        (study / "coding" / f"{who}.csv").write_text("transcript,turn,code\n" + "\n".join(lines) + "\n")
    assert "p03: 5 turns of the sample are not there" in cli("agree", study, "--sample", "main")[2]
    code, _, err = cli("agree", study, "--sample", "mian")
    assert (code, 'did you mean "main"?' in err) == (1, True)
    code, _, err = cli("agree", study, "--sample", "main", "--purpose", "check")
    assert (code, "0 turns of the sample for check" in err) == (1, True)


# --- Looks at what was held out ---------------------------------------------------------------------------------


def a_run(study: Path, name: str, *, prompt: str = "", model: str = "scripted", definition: str = "") -> None:
    """A run of a scripted coder over the study, under its codebook or an edited one."""
    book = ac.read_codebook(study / "codebook.yaml")
    if definition:
        book = book.model_copy(update={"codes": (book.codes[0].model_copy(update={"definition": definition}),)})
    template = None
    if prompt:
        shipped = (ROOT / "prompts").glob("*")
        template = study / f"{name}.txt"
        template.write_text(next(p for p in sorted(shipped) if p.is_file()).read_text() + prompt)
    run = ac.Run(study / "runs" / name, exclude_speakers=("INT",), prompt=template)
    transcripts = list(ac.read_transcripts(study / "interviews"))
    coder = Scripted({"answer": says(("help", "answer number 4"))}, name=model)
    ac.code(transcripts, book, coder=coder, run=run)


def looks(study: Path) -> list[dict[str, str]]:
    path = study / "samples" / "held.looks.csv"
    return rows(path) if path.exists() else []


@pytest.fixture
def held(cli: Cli, study: Path) -> Path:
    """A study with a tune and a check sample, and one run."""
    cli("sample", study, "tuning", "--blocks", 1, "--turns", 5)
    cli("sample", study, "held", "--blocks", 1, "--turns", 5, "--purpose", "check")
    a_run(study, "one")
    return study


def test_a_look_is_written_once_for_a_codebook_a_prompt_and_a_model(cli: Cli, held: Path) -> None:
    _, _, err = cli("agree", held)
    assert 'sample "held" (purpose check): looked at once' in err
    (look,) = looks(held)
    info = json.loads((held / "runs" / "one" / "run.json").read_text())
    assert (look["model"], look["run"], look["version"]) == ("scripted", "one", "1")
    assert (look["codebook_hash"], look["prompt_hash"]) == (info["hashes"]["codebook"], info["hashes"]["prompt"])
    assert look["at"].endswith("Z")
    assert look["by"]
    cli("agree", held)
    assert looks(held) == [look]


@pytest.mark.parametrize(
    "changed", [{"definition": "Help came in time"}, {"prompt": "\nBe brief."}, {"model": "scripted-2"}], ids=str
)
def test_under_another_codebook_prompt_or_model_it_is_no_longer_held_out(
    cli: Cli, held: Path, changed: dict[str, str]
) -> None:
    cli("agree", held)
    first = (held / "samples" / "held.looks.csv").read_bytes()
    a_run(held, "two", **changed)
    code, out, err = cli("agree", held, "--json")
    assert "looked at 2 times, under other codebooks, prompts or models; no longer held out" in err
    assert any("looked at 2 times" in note for note in json.loads(out)["notes"])
    assert (code, len(looks(held))) == (0, 2)
    assert (held / "samples" / "held.looks.csv").read_bytes().startswith(first)  # only added to


def test_comparing_what_is_there_to_tune_on_is_no_look_and_neither_is_the_baseline(cli: Cli, held: Path) -> None:
    _, _, err = cli("agree", held, "--sample", "tuning")
    assert (looks(held), "held" in err) == ([], False)
    cli("run", held, "--model", "lexical")
    (held / "coding" / "ben.csv").unlink()
    for run in (held / "runs" / "one").iterdir():
        run.unlink()
    (held / "runs" / "one").rmdir()
    cli("agree", held)
    assert looks(held) == []


def test_people_alone_look_once_a_codebook(cli: Cli, study: Path) -> None:
    cli("sample", study, "held", "--blocks", 1, "--turns", 5, "--purpose", "check")
    assert "looked at once" in cli("agree", study)[2]
    edited = (study / "codebook.yaml").read_text().replace("Help came", "Help that came")
    (study / "codebook.yaml").write_text(edited)
    assert "looked at 2 times by people" in cli("agree", study)[2]
    assert [(look["model"], look["prompt_hash"]) for look in looks(study)] == [("", ""), ("", "")]


# --- Real figures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "folder"), [("annomi", "annomi"), ("lend_an_ear", "lend-an-ear")])
def test_every_figure_given_with_real_data_comes_out(script: str, folder: str) -> None:
    if not (SHARED / "data" / folder).exists():
        pytest.skip(f"the folder shared/data/{folder} is not beside the repository")
    done = subprocess.run(
        [sys.executable, ROOT / "eval" / "quality" / f"{script}.py", "--data", SHARED / "data" / folder],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert " 0 differ by more than their last digit" in done.stdout


def test_a_script_without_its_data_says_so_and_fails_nobody(tmp_path: Path) -> None:
    script = ROOT / "eval" / "quality" / "annomi.py"
    done = subprocess.run([sys.executable, script, "--data", tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stderr.startswith("skipped: ")) == (0, True)


def test_a_turn_of_a_sample_made_elsewhere_holds_its_block_too() -> None:
    by_hand = [SampledTurn(transcript="p03", turn=2, purpose="tune", probability=1)]
    assert of(drawn(blocks=9, taken=by_hand), "p03") == []
