"""What moved between coders over time: a tired coder is found, an even one is not, and what is left out is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from test_drift import BEFORE, BOOK, N_TURNS, Chances, Dice, Study

import autocode as ac
from autocode.drift import contrast, largest_cusum


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


def test_two_models_in_one_run_are_an_event(long_study: Study) -> None:
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
    found = ac.drift_over_files([long_study.root / "coding", run.path], over="date")
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
