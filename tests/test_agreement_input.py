"""Bad input to `autocode agree`: each gets its message, through the command, and nothing is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli

CODEBOOK = """\
format: autocode-codebook/1
id: small
version: 2
groups: [{id: mood, codes: [good, bad], pick: one}]
codes:
  - {id: help, name: Help, definition: Somebody helped.}
  - {id: good, name: Good mood, definition: Glad.}
  - {id: bad, name: Bad mood, definition: Sad.}
"""
TURNS = [
    "I was helped by my manager.",
    "The second week was sad.",
    "Then we moved.",
    "It was good and bad at once.",
    "I stayed.",
    "That was all.",
]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with two interviews, and Ana's and Ben's coding of the first."""
    (tmp_path / "interviews").mkdir()
    (tmp_path / "coding").mkdir()
    (tmp_path / "autocode.yaml").write_text("")
    (tmp_path / "codebook.yaml").write_text(CODEBOOK)
    for id in ("p01", "p02"):
        (tmp_path / "interviews" / f"{id}.txt").write_text("".join(f"P1: {turn}\n" for turn in TURNS))
    coding(tmp_path, "ana", "p01,1,help")
    coding(tmp_path, "ben", "p01,1,help", "p01,6,good")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def coding(study: Path, name: str, *rows: str, columns: str = "transcript,turn,code") -> Path:
    path = study / "coding" / f"{name}.csv"
    path.write_text("\n".join((columns, *rows)) + "\n")
    return path


def test_one_coder_is_counted_and_told_to_find_a_second(cli: Cli, study: Path) -> None:
    (study / "coding" / "ben.csv").unlink()
    code, out, err = cli("agree", ".")
    assert code == 1
    assert "only one coder (ana), so there is nothing to compare; name a second coding" in err
    assert "help: only one coder decided on it; ana applied it to 1 of 6 units" in " ".join(out.split())


def test_coders_who_share_no_unit_are_told_what_each_read(cli: Cli, study: Path) -> None:
    coding(study, "ben", "p02,1,help")
    code, out, err = cli("agree", ".")
    assert (code, out) == (1, "")
    assert (
        "no two coders decided on the same unit (ana decided on units of p01; ben decided on units of p02); "
        "compare codings of the same transcripts"
    ) in err


def test_every_transcript_that_does_not_exist_is_listed_with_the_nearest_name(cli: Cli, study: Path) -> None:
    coding(study, "ben", "p03,1,help", "interview-nine,1,help", "p03,2,help")
    code, _, err = cli("agree", ".")
    assert code == 1
    assert 'coding/ben.csv:2: no transcript is called "p03"; did you mean "p0' in err
    assert 'coding/ben.csv:3: no transcript is called "interview-nine"; correct the name' in err
    assert err.count("no transcript is called") == 2


def test_a_code_that_nobody_defined_is_listed_with_a_hint_and_never_taken_for_another(cli: Cli, study: Path) -> None:
    coding(study, "ben", "p01,1,helpp", "p01,2,weather")
    code, out, err = cli("agree", ".")
    assert (code, out) == (1, "")
    assert 'coding/ben.csv:2: the codebook has no code "helpp"; did you mean "help"?' in err
    assert 'coding/ben.csv:3: the codebook has no code "weather"; correct it, or add the code to the codebook' in err


@pytest.mark.parametrize("copy", ["ana (Ben's conflicted copy 2026-11-20)", "ana (1)", "ana - Copy"])
def test_a_conflicted_copy_of_a_coding_stops_the_comparison(cli: Cli, study: Path, copy: str) -> None:
    coding(study, copy, "p01,1,help", "p01,2,bad")
    code, out, err = cli("agree", ".")
    assert (code, out) == (1, "")
    assert "look like two copies of one coding; keep one of them, and move the other out of the folder" in err
    assert "coding/ana.csv" in err
    assert copy in err


def test_a_copy_named_beside_its_original_stops_it_too(cli: Cli, study: Path) -> None:
    copy = coding(study, "ana (1)", "p01,1,help")
    code, _, err = cli("agree", study / "coding" / "ana.csv", copy)
    assert code == 1
    assert "ana (1).csv look like two copies of one coding; give one of them" in err


def test_the_rows_of_one_coder_in_two_files_count_together_and_that_is_said(cli: Cli, study: Path) -> None:
    coding(study, "more", "p01,ana,2,bad", "p02,cem,2,bad", columns="transcript,coder,turn,code")
    code, out, err = cli("agree", ".", "--json")
    assert code == 0
    assert "ana: rows of p01 stand in coding/ana.csv and coding/more.csv, and count together" in err
    assert "cem: rows of" not in err
    found = {row["code"]: row for row in json.loads(out)["codes"]}
    assert found["help"]["positives"]["ana"] == found["bad"]["positives"]["ana"] == 1


def test_two_spellings_of_one_coder_are_said(cli: Cli, study: Path) -> None:
    coding(study, "more", "p01,Ana B,1,help", "p01,ana  b,2,help", columns="transcript,coder,turn,code")
    code, _, err = cli("agree", ".")
    assert code == 0
    assert '"Ana B" (coding/more.csv:2) and "ana  b" (coding/more.csv:3) are read as different coders' in err


def test_a_half_read_interview_is_named(cli: Cli, study: Path) -> None:
    _, _, err = cli("agree", ".")
    assert "ana: the last coded turn lies before the last third of p01 (turn 1 of 6)" in err
    assert "if they stopped there, list in coders.csv the turns they read" in err
    assert "ben: the last coded turn" not in err


def test_a_half_read_interview_that_is_declared_is_missing_and_not_zero(cli: Cli, study: Path) -> None:
    (study / "coding" / "coders.csv").write_text("coder,transcript,turns\nana,p01,1-2\nben,p01,\n")
    _, out, _ = cli("agree", ".", "--json")
    found = json.loads(out)["codes"][0]
    assert (found["n_units"], found["pairs"][0]["neither"]) == (2, 1)


def test_a_text_that_changed_after_coding_is_placed_again_and_what_moved_is_counted(cli: Cli, study: Path) -> None:
    # Coded when the transcript had no first turn; the second quote stood where it stands now.
    old = "P1: The second week was sad.\n"
    quote = "The second week was sad."
    start = old.index(quote)
    now = (study / "interviews" / "p01.txt").read_text()
    here = now.index("I was helped")
    coding(
        study,
        "ana",
        f"p01,{start},{start + len(quote)},{quote},bad,other",
        f"p01,{here},{here + 12},I was helped,help,other",
        "p01,4,9,,help,other",
        columns="transcript,start,end,quote,code,text_sha256",
    )
    code, out, err = cli("agree", ".", "--json")
    assert code == 0
    assert (
        "ana: 1 row coded on another state of the text (text_sha256 differs), placed again by quote, and elsewhere"
        in err
    )
    assert "ana: 1 row coded on another state of the text (text_sha256 differs), placed again by quote or turn" in err
    assert "ana: 1 row coded on another state of the text, without a quote or turn to find the place by" in err
    found = {row["code"]: row["positives"]["ana"] for row in json.loads(out)["codes"]}
    assert found == {"help": 1, "good": 0, "bad": 1}


def test_quotes_that_are_not_in_the_transcript_are_counted_and_listed(cli: Cli, study: Path) -> None:
    coding(
        study,
        "ana",
        "p01,I flew to the moon with a cheese,help",
        "p01,I was helped by my manager,help",
        "p01,Nothing of this kind was ever uttered,bad",
        columns="transcript,quote,code",
    )
    code, out, err = cli("agree", ".", "--json")
    assert code == 0
    assert "ana: 2 rows with a quote that is not found; kept without a place (at coding/ana.csv:2, :4)" in err
    coders = {coder["name"]: coder for coder in json.loads(out)["coders"]}
    assert (coders["ana"]["n_not_found"], coders["ben"]["n_not_found"]) == (2, 0)


def test_two_codes_of_which_one_is_to_be_picked_are_told_and_left_out_of_the_group(cli: Cli, study: Path) -> None:
    coding(study, "ana", "p01,4,good", "p01,4,bad", "p01,6,good")
    code, out, err = cli("agree", ".", "--json")
    assert code == 0
    assert "ana: units with several codes of the group mood, of which one is to be picked" in err
    assert "left out of the group's figures: 1" in err
    found = json.loads(out)
    assert found["groups"][0]["n_several"] == 1
    assert found["groups"][0]["n_units"] == 5
    assert {row["code"]: row["positives"]["ana"] for row in found["codes"]} == {"help": 0, "good": 2, "bad": 1}


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (["agree", "."], ""),
        (["agree", "."], "approach: reflexive\n"),
        (["codebook", "status", "."], ""),
        (["drift", "coding", "--over", "order"], ""),
        (["drift", "--ledger"], ""),
    ],
)
def test_a_transcript_that_cannot_be_read_is_left_out_with_what_was_coded_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli, command: list[str], settings: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("interviews", "coding"):
        (tmp_path / folder).mkdir()
    (tmp_path / "autocode.yaml").write_text(settings)
    (tmp_path / "codebook.yaml").write_text(
        "format: autocode-codebook/1\nid: s\nversion: 1\ncodes:\n  - {id: a, name: A, definition: x}\n"
    )
    ids = [f"p{n}" for n in range(1, 9)]
    for id in ids:
        (tmp_path / "interviews" / f"{id}.txt").write_text("P: One turn.\nP: Another turn.\n")
    rows = [f"{id},{who},{1 + (who == 'ben')},a" for id in [*ids, "p9.txt"] for who in ("ana", "ben")]
    (tmp_path / "coding" / "both.csv").write_text("transcript,coder,turn,code\n" + "\n".join(rows) + "\n")
    order = "\n".join(f"{id},{n}" for n, id in enumerate([*ids, "p9"], start=1))
    (tmp_path / "transcripts.csv").write_text(f"transcript,order\n{order}\n")
    (tmp_path / "interviews" / "p9.txt").write_bytes(b"P: \x81\n")
    code, _, err = cli(*command)
    assert (code, "--skip-bad goes on without" in err) == (1, True)
    code, _, err = cli(*command, "--skip-bad")
    assert code == 3
    assert f"left out: {Path('interviews', 'p9.txt')}:1: is neither UTF-8 nor" in err
