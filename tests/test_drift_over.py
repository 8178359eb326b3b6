"""What moved between coders over time: a tired coder is found, an even one is not, and what is left out is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli
from hypothesis import given, settings
from hypothesis import strategies as st
from test_drift import BEFORE, BOOK, N_TURNS, Chances, Dice, Study

import autocode as ac
from autocode.drift import contrast, largest_cusum
from autocode.reporting.drift_curves import cumulative


@pytest.fixture
def long_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Sixteen interviews with their dates, which run against the order of their names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "interviews").mkdir()
    (tmp_path / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (tmp_path / "codebook.yaml").write_text(BOOK)
    table = ["transcript,date,order,wave"]
    for t in range(1, 17):
        lines = [f"INT: Go on.\nP: This is turn {turn} of interview {t} here.\n" for turn in range(1, N_TURNS + 1)]
        (tmp_path / "interviews" / f"p{t:02}.txt").write_text("".join(lines))
        table.append(f"p{t:02},2026-10-{30 - t},{t},{'first' if t > 8 else 'second'}")
    (tmp_path / "transcripts.csv").write_text("\n".join(table) + "\n")
    return Study(tmp_path)


def decides(study: Study, coder: str, chances: Callable[[int], Chances], *, seed: int = 0, pass_: str = "") -> Path:
    """A person's coding whose chances depend on the interview, from 1 by number."""
    rng = np.random.default_rng([seed, *coder.encode(), *pass_.encode()])
    coding = study.root / "coding"
    coding.mkdir(exist_ok=True)
    rows = [
        f"p{t:02},{coder},{turn * 2},{code},{pass_}"
        for t in range(1, 17)
        for turn in range(1, N_TURNS + 1)
        for code, chance in chances(t).items()
        if rng.random() < chance(turn)
    ]
    file = coding / f"{coder}{pass_}.csv"
    file.write_text("transcript,coder,turn,code,pass\n" + "\n".join(rows) + "\n")
    lines = [f"{coder},p{t:02},2,nothing,independent,{pass_}" for t in range(1, 17)]
    table = coding / "coders.csv"
    old = table.read_text() if table.exists() else "coder,transcript,codebook,saw,stage,pass\n"
    table.write_text(old + "\n".join(lines) + "\n")
    return file


STEADY = {code: BEFORE[code] for code in ("steady", "swaps")}


def tires(t: int) -> Chances:
    """From the eighth interview down to the first (in time: the later half) `swaps` is mostly overlooked."""
    return {**STEADY, "swaps": (lambda turn: 0.2 if turn % 3 == 0 else 0.02) if t <= 8 else BEFORE["swaps"]}


def test_a_coder_who_comes_to_overlook_a_code_is_found_and_where(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    found = ac.drift_over_files([long_study.root / "coding"], over="date")
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.kind) == ("ana", "ben", "human-human")
    rows = {row.code: row for row in pair.codes}
    assert pair.codes[0].code == "swaps"
    assert (rows["swaps"].verdict, rows["steady"].verdict) == ("less", "no change found")
    assert found.transcripts[0] == "p16"
    assert rows["swaps"].split_after in ("p10", "p09", "p08")
    assert rows["swaps"].misses[1] > 3 * rows["swaps"].misses[0]
    assert rows["steady"].could_have_seen_misses >= 1


def test_a_column_of_two_values_is_an_event(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    found = ac.drift_over_files([long_study.root / "coding"], over="wave")
    assert found.event == "wave: first, then second"
    assert found.pairs[0].n_transcripts == (8, 8)
    assert found.pairs[0].codes[0].verdict == "less"
    assert found.pairs[0].codes[0].split_after == ""


def test_where_both_coders_move_the_data_did(long_study: Study) -> None:
    decides(long_study, "ana", tires)
    coding = long_study.root / "coding"
    (coding / "ben.csv").write_text((coding / "ana.csv").read_text().replace(",ana,", ",ben,"))
    for over in ("date", "wave"):
        found = ac.drift_over_files([coding], over=over)
        swaps, steady = ({row.code: row for row in found.pairs[0].codes}[code] for code in ("swaps", "steady"))
        assert (swaps.verdict, swaps.misses, swaps.extras) == ("the data moved", (0, 0), (0, 0))
        assert "both coders apply it less often" in swaps.reason
        assert steady.verdict == "no change found"


def test_two_passes_of_one_coder_are_held_side_by_side(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY, pass_="1")
    decides(long_study, "ana", tires, pass_="2")
    found = ac.drift_over_files([long_study.root / "coding"], over="order")
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.kind) == ("ana (1)", "ana (2)", "same-coder")
    assert {row.code: row.verdict for row in pair.codes}["swaps"] == "more"  # by `order` the tired half is the first


def test_two_codings_without_an_order_are_told_what_is_done_with_them(long_study: Study, cli: Cli) -> None:
    one = decides(long_study, "ana", lambda t: STEADY, pass_="1")
    other = decides(long_study, "ana", tires, pass_="2")
    for named in ((one,), (one, other)):
        status, _, err = cli("drift", *named)
        assert status == 1
        assert f"{one}: this is no run" in err
        assert "two passes agree says `autocode agree`, and whether they drifted apart `autocode drift --over" in err
    status, out, _ = cli("agree", one, other, "--json")
    assert (status, '"kind": "same-coder"' in out) == (0, True)


def test_two_models_in_one_run_are_an_event(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: {code: (lambda turn, f=f: round(f(turn))) for code, f in STEADY.items()})

    @dataclass(frozen=True)
    class Swapped(Dice):
        def ask(self, prompt: ac.Prompt) -> ac.Reply:
            late = int(prompt.spoken[0].words.split()[6]) <= 8
            reply = Dice(tires(1) if late else STEADY, self.seed, asked=self.asked).ask(prompt)
            return reply.model_copy(update={"model": "dice-2" if late else "dice-1"})

    run = ac.Run(long_study.root / "runs" / "v2", exclude_speakers=["INT"], max_tokens=200, context_turns=0)
    texts = list(ac.read_transcripts(long_study.root / "interviews"))
    ac.code(texts, ac.read_codebook(long_study.root / "codebook.yaml"), coder=Swapped({}, 1), run=run)
    status, out, err = cli("drift", long_study.root, "--over", "date", "--json")
    assert status == 0, err
    found = ac.DriftOverTime.model_validate_json(out)
    assert found.event == "v2 was answered by dice-1, then by dice-2"
    assert found.pairs[0].n_transcripts == (8, 8)
    assert found.pairs[0].codes[0].verdict == "less"


def test_interviews_without_a_date_are_left_out_and_named(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    table = long_study.root / "transcripts.csv"
    table.write_text(table.read_text().replace("p03,2026-10-27", "p03,").replace("p04,2026-10-26,4,second\n", ""))
    found = ac.drift_over_files([long_study.root / "coding"], over="date")
    assert len(found.transcripts) == 14
    assert any("no date for p03, p04: left out" in note for note in found.notes)
    table.write_text(table.read_text().replace("2026-10-29", "29 Oct"))
    with pytest.raises(ac.InputError, match=r'transcripts.csv:2: "29 Oct" is no date; write it as 2026-11-20'):
        ac.drift_over_files([long_study.root / "coding"], over="date")
    with pytest.raises(
        ac.InputError, match='there is no column "dates" among transcript, date, order, wave; did you mean "date"'
    ):
        ac.drift_over_files([long_study.root / "coding"], over="dates")


def test_what_cannot_be_looked_at_over_time_is_refused(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    coding = long_study.root / "coding"
    with pytest.raises(ac.AgreementError, match=r"only one coding \(ana\)"):
        ac.drift_over_files([coding], over="date")
    decides(long_study, "ben", tires)
    table = long_study.root / "transcripts.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:6]) + "\n")
    with pytest.raises(ac.AgreementError, match="5 interviews of both, too few to look for a split"):
        ac.drift_over_files([coding], over="date")
    table.unlink()
    with pytest.raises(ac.ConfigError, match="there is no such file, so the interviews have no date"):
        ac.drift_over_files([coding], over="date")


def test_the_command_looks_over_time(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    status, out, err = cli("drift", long_study.root, "--over", "date")
    assert status == 0, err
    assert "16 interviews by date" in out
    assert [line.split()[:2] for line in out.splitlines() if line.strip().startswith("swaps")] == [["swaps", "less"]]
    status, out, _ = cli("drift", long_study.root, "--over", "date", "--json")
    assert ac.DriftOverTime.model_validate_json(out).pairs[0].codes[0].code == "swaps"


def test_under_no_change_over_time_the_p_is_spread_evenly() -> None:
    rng = np.random.default_rng(4)
    p = []
    for _ in range(60):
        residual = rng.poisson(2, size=(17, 6)).astype(float)
        residual -= residual.mean(axis=0)
        p += [*contrast(residual, np.arange(17) >= 9, permutations=300).p, *largest_cusum(residual, permutations=300).p]
    for share in (0.05, 0.2, 0.5, 0.8):
        assert share - 0.08 < np.mean(np.array(p) <= share) < share + 0.04


def test_misses_and_extras_of_each_interview_add_up_to_the_figures(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    found = ac.drift_over_files([long_study.root / "coding"], over="date")
    (pair,) = found.pairs
    assert found.values[:2] == ("2026-10-14", "2026-10-15")
    assert pair.transcripts == found.transcripts
    for row in pair.codes:
        assert len(row.counts) == 16
        for part in ("first", "second", "misses", "extras"):
            assert sum(getattr(row, part)) == sum(getattr(counts, part) for counts in row.counts)
        assert all(c.first - c.misses + c.extras == c.second for c in row.counts)
    assert ac.DriftOverTime.model_validate_json(found.model_dump_json()) == found


# --- What is left out -------------------------------------------------------------------------------------------


def test_decisions_under_an_older_definition_are_no_drift_of_the_other(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    root = long_study.root
    before = ac.drift_over_files([root / "coding"], over="date").pairs[0]
    (root / "codebook").mkdir()
    (root / "codebook" / "v2.yaml").write_text(BOOK)
    change = "  - {version: 3, date: 2026-11-20, by: [Ana], kind: edit, codes: [swaps], recode: true, why: wishes}\n"
    edited = BOOK.replace("version: 2", "version: 3").replace("Applied to other passages later.", "Only wishes.")
    (root / "codebook.yaml").write_text(f"{edited}changes:\n{change}")
    table = root / "coding" / "coders.csv"
    lines = table.read_text().splitlines()
    again = [n for n, line in enumerate(lines) if line.startswith("ben,p0") and line < "ben,p09"]
    for n in again:
        lines[n] = lines[n].replace(",2,nothing", ",3,nothing")
    table.write_text("\n".join(lines) + "\n")
    found = ac.drift_over_files([root / "coding"], over="date")
    (pair,) = found.pairs
    assert pair.n_redefined == len(again) * N_TURNS == 192
    swaps, steady = ({row.code: row for row in pair.codes}[code] for code in ("swaps", "steady"))
    assert sum(swaps.n_units) == 8 * N_TURNS  # those that both decided on under version 2
    assert swaps.verdict != "less"
    assert steady.counts == {row.code: row for row in before.codes}["steady"].counts
    (note,) = (note for note in found.notes if "definition" in note)
    assert note == (
        "decisions left out, because the definition changed between the two: ana and ben 192 (swaps); "
        "what to read again is in `autocode codebook status`"
    )
    # Words only, so that no decision would be another: nothing is left out.
    (root / "codebook.yaml").write_text(
        f"{edited}changes:\n{change.replace('edit', 'clarify').replace('true', 'false')}"
    )
    assert ac.drift_over_files([root / "coding"], over="date").pairs[0].n_redefined == 0


def test_what_both_decided_under_one_older_definition_can_be_compared(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    root = long_study.root
    (root / "codebook").mkdir()
    (root / "codebook" / "v2.yaml").write_text(BOOK)
    (root / "codebook.yaml").write_text(
        BOOK.replace("version: 2", "version: 3").replace("Applied to other passages later.", "Only wishes.")
    )
    found = ac.drift_over_files([root / "coding"], over="date")
    assert found.pairs[0].n_redefined == 0
    assert found.pairs[0].codes[0].verdict == "less"


def test_a_frozen_version_that_was_edited_afterwards_is_told(long_study: Study) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    ac.release(ac.plan_release(ac.Study.at(long_study.root)))
    frozen = long_study.root / "codebook" / "v2.yaml"
    frozen.write_text(frozen.read_text().replace("Hardly ever.", "Never."))
    notes = ac.drift_over_files([long_study.root / "coding"], over="date").notes
    assert any("codebook/v2.yaml was edited after it was released, so it is called 2+" in note for note in notes)


def test_flags_count_where_a_study_is_named(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    root = long_study.root
    (root / "interviews").rename(root / "elsewhere")
    over = (root, "--over", "date", "--json")
    assert cli("drift", *over)[0] == 1
    status, out, err = cli("drift", *over, "--transcripts", root / "elsewhere")
    assert status == 0, err
    found = ac.DriftOverTime.model_validate_json(out)
    assert sum(found.pairs[0].codes[0].n_units) == 16 * N_TURNS
    status, out, _ = cli("drift", *over, "--transcripts", root / "elsewhere", "--unit", "transcript")
    found = ac.DriftOverTime.model_validate_json(out)
    assert (found.unit, sum(found.pairs[0].codes[0].n_units)) == ("transcript", 16)
    status, out, _ = cli("drift", *over, "--transcripts", root / "elsewhere", "--exclude-speaker", "NOBODY")
    found = ac.DriftOverTime.model_validate_json(out)
    assert sum(found.pairs[0].codes[0].n_units) == 2 * 16 * N_TURNS  # with the interviewer's


def test_a_transcript_that_cannot_be_read_is_named_and_left_out_only_when_asked(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    (long_study.root / "interviews" / "p17.txt").write_bytes(b"\x00\x01")
    status, _, err = cli("drift", long_study.root, "--over", "date")
    assert (status, "p17.txt:1: holds NUL bytes" in err) == (1, True)
    status, out, err = cli("drift", long_study.root, "--over", "date", "--skip-bad")
    assert (status, "note: left out: " in err, "16 interviews by date" in out) == (3, True, True)
    status, _, err = cli("codebook", "status", long_study.root, "--skip-bad")
    assert "note: left out: " in err


def test_with_a_sample_only_its_turns_are_looked_at(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    root = long_study.root
    (root / "samples").mkdir()
    rows = [f"p{t:02},{turn * 2},anchor,1" for t in range(1, 17) for turn in range(1, N_TURNS + 1, 2)]
    (root / "samples" / "half.csv").write_text("transcript,turn,purpose,probability\n" + "\n".join(rows) + "\n")
    status, out, err = cli("drift", root, "--over", "date", "--sample", "half", "--json")
    assert status == 0, err
    found = ac.DriftOverTime.model_validate_json(out)
    assert {sum(row.n_units) for row in found.pairs[0].codes} == {16 * N_TURNS // 2}
    status, _, err = cli("drift", root, "--over", "date", "--sample", "nothing")
    assert (status, "nothing" in err) == (1, True)


# --- transcripts.csv --------------------------------------------------------------------------------------------


def dated(study: Study, edit: Callable[[str], str]) -> Path:
    """The study's coding, with its transcripts.csv edited."""
    decides(study, "ana", lambda t: STEADY)
    decides(study, "ben", tires)
    table = study.root / "transcripts.csv"
    table.write_text(edit(table.read_text()))
    return study.root / "coding"


def no_dates(text: str) -> str:
    return re.sub(r"2026-10-\d+", "", text)


REFUSED: dict[str, tuple[str, Callable[[str], str], str]] = {
    "no transcript has a date": (
        "date",
        no_dates,
        r'transcripts.csv:1: no transcript here has a value in "date"; fill the column',
    ),
    "a date that is none": (
        "date",
        lambda text: text.replace("2026-10-28", "28.10.2026"),
        r'transcripts.csv:3: "28.10.2026" is no date; write it as 2026-11-20',
    ),
    "all of one date": (
        "date",
        lambda text: re.sub(r"2026-10-\d+", "2026-10-01", text),
        r'transcripts.csv:1: every transcript here has "2026-10-01" in "date", so it is no order; correct it',
    ),
    "two rows of one transcript": (
        "date",
        lambda text: text + "p05,2026-12-01,99,second\n",
        r'transcripts.csv:18: the transcript "p05" stands here and in line 6; keep one of the two',
    ),
    "a place that is no number": (
        "order",
        lambda text: text.replace(",5,", ",fifth,"),
        r'transcripts.csv:6: "fifth" is no place in an order; write a number',
    ),
    "names of other transcripts only": (
        "date",
        lambda text: re.sub(r"(?m)^(p\d+),", r"\1.txt,", text),
        r'transcripts.csv:2: no transcript is called "p01.txt"; did you mean "p01"',
    ),
    "dates of too few": (
        "date",
        lambda text: no_dates(text[:-100]) + text[-100:],
        r"interviews of both, too few to look for a split \(7 are needed\).*transcripts.csv: no date for p01, p02",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_that_gives_no_order_is_refused_with_where_and_what_next(long_study: Study, case: str) -> None:
    over, edit, message = REFUSED[case]
    coding = dated(long_study, edit)
    with pytest.raises(ac.AutocodeError, match=message):
        ac.drift_over_files([coding], over=over)


def test_rows_of_transcripts_that_are_not_there_are_named_and_change_no_figure(long_study: Study) -> None:
    coding = dated(long_study, str)
    before = ac.drift_over_files([coding], over="date")
    dated(long_study, lambda text: text + "p99,2026-12-01,99,second\n,2026-12-02,100,second\n")
    found = ac.drift_over_files([coding], over="date")
    assert found.pairs == before.pairs
    assert any('transcripts.csv:18: no transcript is called "p99"' in note for note in found.notes)
    assert any("transcripts.csv:19: no transcript is named in this row" in note for note in found.notes)


def test_interviews_of_one_day_are_told_to_have_no_order_among_themselves(long_study: Study) -> None:
    coding = dated(long_study, lambda text: text.replace("2026-10-29", "2026-10-28"))
    notes = ac.drift_over_files([coding], over="date").notes
    assert any("p01, p02 share their date with another: such transcripts stand in the order of ids" in n for n in notes)


def test_of_two_values_that_comes_first_which_was_first_by_date(long_study: Study) -> None:
    """`post` comes before `pre` in the alphabet, and not in time."""
    coding = dated(long_study, lambda text: text.replace("first", "pre").replace("second", "post"))
    found = ac.drift_over_files([coding], over="wave")
    assert found.event == "wave: pre, then post"
    assert found.pairs[0].after == tuple(f"p{t:02}" for t in range(1, 9))
    assert found.pairs[0].codes[0].verdict == "less"


@settings(max_examples=20)
@given(st.integers(7, 20), st.integers(0, 10_000))
def test_the_largest_cusum_is_that_of_the_definition(n: int, seed: int) -> None:
    """max_k |S_k| / sqrt(k (T - k) / T), k from 3 to T - 3, of the real order and of every order dealt."""
    rng = np.random.default_rng(seed)
    residual = rng.poisson(2, size=(n, 3)).astype(float)
    residual -= residual.mean(axis=0)
    split = largest_cusum(residual, permutations=20, seed=seed)
    dealt_orders = np.random.default_rng(seed).permuted(np.tile(np.arange(n), (20, 1)), axis=1)

    def largest(order: Any, column: int) -> tuple[float, int]:
        sums = residual[order, column].cumsum()
        return max((abs(sums[k - 1]) / (k * (n - k) / n) ** 0.5, -k) for k in range(3, n - 2))

    for column in range(3):
        figure, place = largest(np.arange(n), column)
        assert split.figure.real[column] == pytest.approx(figure)
        assert split.after[column] == -place
        expected = [largest(order, column)[0] for order in dealt_orders]
        assert split.figure.drawn[:, column].tolist() == pytest.approx(expected)


# --- What many codes say at once --------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_family_wise_p_is_that_of_going_down_step_by_step(seed: int) -> None:
    """Beside the definition, code by code: the largest of the codes not yet named, in every deal."""
    rng = np.random.default_rng(seed)
    residual = rng.poisson(2, size=(12, 5)).astype(float)
    residual -= residual.mean(axis=0)
    residual[:, 3] = 0.0  # a code without a miss
    split = contrast(residual, np.arange(12) >= 6, permutations=99, seed=seed)
    scale = np.sqrt((residual**2).sum(axis=0))
    found, _ = split.family(scale)
    assert np.isnan(found[3])
    tested = [0, 1, 2, 4]
    real, drawn = split.figure.real[tested] / scale[tested], split.figure.drawn[:, tested] / scale[tested]
    expected, at_least = {}, 0.0
    left = sorted(range(4), key=lambda i: -real[i])
    while left:
        p = (1 + sum(max(deal[left]) >= real[left[0]] - 1e-9 for deal in drawn)) / 100
        at_least = max(at_least, p)
        expected[tested[left.pop(0)]] = at_least
    assert {i: pytest.approx(found[i]) for i in tested} == expected
    assert all(found[i] >= split.p[i] - 1e-12 for i in tested)


def test_under_no_change_few_studies_name_any_code_by_the_stricter_rule() -> None:
    rng = np.random.default_rng(7)
    named, at_once = [], []
    for _ in range(150):
        residual = rng.poisson(2, size=(17, 8)).astype(float)
        residual -= residual.mean(axis=0)
        split = largest_cusum(residual, permutations=199)
        family, p = split.family(np.sqrt((residual**2).sum(axis=0)))
        named.append(family.min() <= 0.05)
        at_once.append(p)
    assert np.mean(named) < 0.11  # 5 % and twice the error of 150 studies
    for share in (0.05, 0.2, 0.5, 0.8):
        assert share - 0.1 < np.mean(np.array(at_once) <= share) < share + 0.1


def test_all_codes_at_once_may_move_though_no_code_can_be_named(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", lambda t: STEADY)
    (pair,) = ac.drift_over_files([long_study.root / "coding"], over="date").pairs
    assert not {row.verdict for row in pair.codes} & {"more", "less", "further apart", "closer"}
    _, out, _ = cli("drift", long_study.root, "--over", "date")
    # Chance made this study, and can: p is .018.
    assert "All codes at once: p .018, so something moved, and no single code can be named." in out
    decides(long_study, "ben", tires, seed=1)
    (pair,) = ac.drift_over_files([long_study.root / "coding"], over="wave").pairs
    assert pair.p_any is not None
    assert pair.p_any < 0.01
    _, out, _ = cli("drift", long_study.root, "--over", "wave")
    assert "All codes at once: p .003. Under the stricter rule (5 % that any is named by chance): swaps." in out


# --- As a page, and in a narrow terminal ------------------------------------------------------------------------


def test_the_page_draws_what_moved_and_holds_no_word_of_an_interview(long_study: Study, cli: Cli) -> None:
    decides(long_study, "a<b", lambda t: STEADY)
    decides(long_study, "ben", tires)
    where = long_study.root / "over.html"
    status, _, err = cli("drift", long_study.root, "--over", "date", "--html", where)
    assert (status, "written: " in err) == (0, True)
    page = where.read_text()
    (pair,) = ac.drift_over_files([long_study.root / "coding"], over="date").pairs
    assert page.count("<svg") == sum(row.verdict == "less" for row in pair.codes) == 1
    assert page.count('class="split"') == 1
    assert f"split after {pair.codes[0].split_after}" in page
    assert "a&lt;b and ben" in page
    assert "a<b" not in page
    assert "This is turn" not in page
    assert "script" not in page
    assert "http" not in page
    cli("drift", long_study.root, "--over", "date", "--html", where)
    assert where.read_text() == page
    _, _, _ = cli("drift", long_study.root, "--over", "wave", "--html", where)
    assert ">event<" in where.read_text()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=60))
def test_a_curve_begins_and_ends_at_nothing(pairs: list[tuple[int, int]]) -> None:
    curve = cumulative([min(pair) for pair in pairs], [max(pair) for pair in pairs])
    assert len(curve) == len(pairs) + 1
    assert curve[0] == 0
    assert abs(curve[-1]) < 1e-6


def test_where_two_never_differ_the_page_and_the_table_say_so(long_study: Study, cli: Cli) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    coding = long_study.root / "coding"
    (coding / "ben.csv").write_text((coding / "ana.csv").read_text().replace(",ana,", ",ben,"))
    where = long_study.root / "over.html"
    _, out, _ = cli("drift", coding, "--over", "date", "--html", where)
    assert "All codes at once: nothing to test." in out
    assert "steady, swaps: the two never differ on it" in out
    assert "Of no single code can it be said" in where.read_text()
    assert "<svg" not in where.read_text()


def test_on_a_narrow_terminal_no_figure_is_cut(long_study: Study, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    decides(long_study, "ana", lambda t: STEADY)
    decides(long_study, "ben", tires)
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = cli("drift", long_study.root, "--over", "date")
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    (pair,) = ac.drift_over_files([long_study.root / "coding"], over="date").pairs
    for counts in (pair.codes[0].misses, pair.codes[0].extras):
        assert all(re.search(rf"(?<!\d){n}/\d+", out) for n in counts)
