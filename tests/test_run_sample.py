"""`run --sample`: only the turns that were drawn are asked about, paid for, and read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli, Scripted, says

import autocode as ac

BOOK = """\
format: autocode-codebook/1
id: study
version: {version}
codes:
  - {{id: help, name: Help, definition: {definition}}}
  - {{id: tea, name: Tea, definition: Tea is named.}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "interviews").mkdir()
    (tmp_path / "samples").mkdir()
    (tmp_path / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (tmp_path / "codebook.yaml").write_text(BOOK.format(version=1, definition="Somebody helped."))
    for id in ("p1", "p2", "p3"):
        lines = [f"INT: Question {n} of {id}?\nP: Answer {n} of {id}, they helped.\n" for n in range(1, 11)]
        (tmp_path / "interviews" / f"{id}.txt").write_text("".join(lines))
    rows = ["p1,4,anchor,0.5", "p1,6,anchor,0.5", "p1,16,tune,0.5", "p2,20,anchor,0.5"]
    (tmp_path / "samples" / "fixed.csv").write_text("transcript,turn,purpose,probability\n" + "\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def coded(
    study: Path, coder: Scripted, *, out: str = "runs/fixed", purpose: str | None = "anchor", since: str = ""
) -> ac.Run:
    here = ac.Study.here()
    texts, book = here.transcripts()[0], here.codebook()
    sample, told = ac.run_sample(here, "fixed", texts, purpose=purpose)  # type: ignore[arg-type]
    assert told == []
    run = ac.Run(out, exclude_speakers=["INT"], sample=sample, since=Path(since) if since else None)
    return ac.code(texts, book, coder=coder, run=run)


def helper() -> Scripted:
    return Scripted({"Answer": says(("help", "they helped"))})


def test_only_the_turns_of_the_sample_are_asked_about(study: Path) -> None:
    coder = helper()
    run = coded(study, coder)
    assert coder.asked == [
        "P: Answer 2 of p1, they helped.\nINT: Question 3 of p1?\nP: Answer 3 of p1, they helped.",
        "P: Answer 10 of p2, they helped.",
    ]
    assert run.gaps == []
    assert [transcript.id for transcript in run.made_with.transcripts] == ["p1", "p2"]


def test_what_was_not_drawn_is_missing_and_not_a_no(study: Path) -> None:
    coding = coded(study, helper(), purpose=None).coding()
    here = ac.Study.here()
    table = here.units([coding], here.transcripts()[0], here.codebook())
    read = {place for place, value in table[coding.coder, "tea"].items() if value >= 0}
    assert read == {("p1", 4), ("p1", 6), ("p1", 16), ("p2", 20)}


def test_the_same_command_asks_nothing_and_another_sample_is_another_run(study: Path) -> None:
    coded(study, helper())
    again = helper()
    coded(study, again)
    assert again.asked == []
    with pytest.raises(ac.RunError, match=r"another setting: sample fixed \(3 turns, \w{8}\), now fixed \(4 turns"):
        coded(study, helper(), purpose=None)
    here = ac.Study.here()
    with pytest.raises(ac.RunError, match=r"another setting: sample fixed .*, now none"):
        ac.code(
            here.transcripts()[0], here.codebook(), coder=helper(), run=ac.Run("runs/fixed", exclude_speakers=["INT"])
        )


def test_an_edit_asks_the_sample_only_for_the_edited_code(study: Path) -> None:
    coded(study, helper())
    (study / "codebook.yaml").write_text(BOOK.format(version=2, definition="Somebody did something."))
    coder = helper()
    run = coded(study, coder, out="runs/v2", since="runs/fixed")
    assert len(coder.asked) == 2
    assert run.made_with.since is not None
    assert run.made_with.since.codes == ("tea",)


def test_a_sample_that_is_not_there_or_has_nothing_for_the_purpose_is_refused(study: Path) -> None:
    here = ac.Study.here()
    with pytest.raises(ac.InputError, match=r'no such sample; did you mean "fixed"'):
        ac.run_sample(here, "fixd", [])
    with pytest.raises(ac.InputError, match=r"fixed.csv: there is no turn for check in this sample"):
        ac.run_sample(here, "fixed", [], purpose="check")
    (study / "samples" / "fixed.csv").write_text("transcript,turn,purpose,probability\np9,4,anchor,1\n")
    sample, told = ac.run_sample(here, "fixed", here.transcripts()[0])
    assert told == ["p9: 1 turn of the sample is not there"]
    with pytest.raises(ac.ConfigError, match="none of these transcripts has a turn in the sample fixed"):
        ac.code(here.transcripts()[0], here.codebook(), coder=helper(), run=ac.Run("runs/x", sample=sample))


def test_the_command_codes_a_sample_into_a_run_of_its_own(study: Path, cli: Cli) -> None:
    code, out, _ = cli("run", ".", "--sample", "fixed", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["run"], told["interviews"], told["coded_turns"]) == ("runs/study-v1-lexical-fixed", 2, 4)
    info = json.loads((study / "runs" / "study-v1-lexical-fixed" / "run.json").read_text())
    assert info["sample"] == {"name": "fixed", "turns": {"p1": [4, 6, 16], "p2": [20]}}
    assert cli("run", ".", "--dry-run", "--sample", "fixed")[0] == 0


def test_two_versions_are_compared_on_the_anchor_alone(study: Path) -> None:
    coded(study, helper())
    (study / "codebook.yaml").write_text(BOOK.format(version=2, definition="Somebody did something."))
    coded(study, Scripted({"Answer": ac.Reply()}), out="runs/v2")
    found = ac.drift_files([study / "runs" / "fixed", study / "runs" / "v2"])
    assert (found.n_units, found.n_transcripts) == (3, 2)
    assert {row.code: (row.before, row.after) for row in found.codes} == {
        "help": (2, 0),
        "tea": (0, 0),
    }  # one quote a call
