"""After codes were merged, split or taken out, coding under an earlier version still counts for what it can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli, Scripted, says

import autocode as ac

OLD = """\
format: autocode-codebook/1
id: study
version: 1
codes:
  - {id: swap, name: Swapped shifts, definition: A shift was swapped.}
  - {id: kind, name: Kind words, definition: Something kind was said.}
  - {id: office, name: Office, definition: The office helped.}
  - {id: other, name: Other, definition: Anything else.}
  - {id: stays, name: Stays, definition: As it was.}
"""
NEW = """\
format: autocode-codebook/1
id: study
version: 2
codes:
  - {id: peers, name: Peers, definition: Anything that colleagues did.}
  - {id: hr, name: HR, definition: HR helped.}
  - {id: desk, name: Desk, definition: A desk was given.}
  - {id: stays, name: Stays, definition: As it was.}
changes:
  - {version: 2, kind: merge, from: [swap, kind], to: [peers], why: one thing}
  - {version: 2, kind: split, from: [office], to: [hr, desk], why: two things}
  - {version: 2, kind: retire, codes: [other], why: never needed}
"""
WORDS = ("Maria took my shift.", "She said well done.", "HR sent a leaflet.", "I like tea.", "I came by bus.")
ANA = "p1,ana,1,Swapped shifts\np1,ana,2,kind\np1,ana,3,office\np1,ana,4,other\np1,ana,5,stays\n"
BEN = "p1,ben,1,peers\np1,ben,3,hr\np1,ben,5,stays\n"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("interviews", "coding", "codebook"):
        (tmp_path / folder).mkdir()
    (tmp_path / "autocode.yaml").write_text("")
    (tmp_path / "interviews" / "p1.txt").write_text("".join(f"P: {words}\n" for words in WORDS))
    (tmp_path / "codebook" / "v1.yaml").write_text(OLD)
    (tmp_path / "codebook.yaml").write_text(NEW)
    for name, rows in (("ana", ANA), ("ben", BEN)):
        (tmp_path / "coding" / f"{name}.csv").write_text("transcript,coder,turn,code\n" + rows)
    (tmp_path / "coding" / "coders.csv").write_text("coder,transcript,codebook\nana,p1,1\nben,p1,2\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def decisions(study: Path, *paths: str) -> dict[str, dict[str, list[int]]]:
    here = ac.Study.here()
    texts, book = here.transcripts()[0], here.codebook()
    coders = ac.distinct(here.codings([study / path for path in paths], texts, book))
    table = here.units(coders, texts, book)
    return {c.coder: {code.id: table[c.coder, code.id].tolist() for code in book.codes} for c in coders}


def test_coding_under_merged_codes_counts_as_what_they_became(study: Path) -> None:
    found = decisions(study, "coding")
    assert found["ana"]["peers"] == [1, 1, 0, 0, 0]
    assert found["ben"]["peers"] == [1, 0, 0, 0, 0]
    assert found["ana"]["stays"] == [0, 0, 0, 0, 1]


def test_check_knows_the_names_of_earlier_versions_as_agree_does(study: Path, cli: Cli) -> None:
    found = ac.check(ac.Study.here())
    assert not [finding.message for finding in found.findings if finding.level == "error"]
    assert {coder.coder for coder in found.coders} == {"ana", "ben"}
    assert found.imports[0].codes == {"office": 1, "other": 1, "peers": 2, "stays": 1}
    assert cli("agree")[0] == 0


def test_a_cell_without_a_decision_on_a_code_that_is_gone_is_no_error(study: Path) -> None:
    before = decisions(study, "coding")
    (study / "coding" / "unseen.csv").write_text("transcript,turn,coder,code\np1,3,ana,office\np1,4,ana,stays\n")
    after = decisions(study, "coding")
    assert (before["ana"].pop("stays")[3], after["ana"].pop("stays")[3]) == (0, -1)
    assert after == before


def test_what_was_split_decides_on_neither_part_and_is_no_error(study: Path) -> None:
    found = decisions(study, "coding")
    assert found["ana"]["hr"] == found["ana"]["desk"] == [-1] * 5  # Ana's version had neither
    assert found["ben"]["hr"] == [0, 0, 1, 0, 0]


def test_a_runs_earlier_codes_count_the_same_way(study: Path) -> None:
    answers = {"Maria": "swap", "well done": "kind", "HR": "office", "bus": "stays"}
    quotes = {words: next(w for w in WORDS if words in w) for words in answers}
    coder = Scripted({"Maria": says(*((code, quotes[words]) for words, code in answers.items()))})
    texts = list(ac.read_transcripts(study / "interviews"))
    run = ac.code(texts, ac.read_codebook(study / "codebook" / "v1.yaml"), coder=coder, run=ac.Run("runs/v1"))
    (found,) = decisions(study, "runs/v1").values()
    assert found["peers"] == [1, 1, 0, 0, 0]
    assert found["hr"] == found["desk"] == [-1] * 5
    assert found["stays"] == [0, 0, 0, 0, 1]
    assert len(run.coding().segments) == 4  # the run itself is as it was


def test_agree_says_what_counts_as_what(study: Path, cli: Cli) -> None:
    code, out, err = cli("agree", "coding", "--json")
    assert code == 0
    rows = {row["code"]: row for row in json.loads(out)["codes"]}
    assert rows["peers"]["positives"] == {"ana": 2, "ben": 1}
    assert 'coding/ana.csv:2: "Swapped shifts" was merged, so its 1 row counts as the code peers' in err
    assert '"office" is split into hr and desk in version 2: its 1 row counts as no code of today' in err
    assert '"other" is retired in version 2: its 1 row counts as no code' in err


def test_what_was_split_is_to_be_told_apart_and_what_was_merged_is_not(study: Path) -> None:
    owing = ac.codebook_status(ac.Study.here())
    rows = {(row.code, row.coder): row for row in owing.rows}
    assert (rows["hr", "ana"].state, rows["hr", "ana"].passages) == ("split", 1)
    assert (rows["peers", "ana"].state, rows["peers", "ana"].recode) == ("carried", False)
    assert owing.passages == 1


def test_a_merge_to_be_read_again_is_counted_as_stale(study: Path) -> None:
    (study / "codebook.yaml").write_text(NEW.replace("to: [peers], why", "to: [peers], recode: true, why"))
    shown = ac.agree_files([study / "coding"])
    stale = {coder.name: coder.n_stale for coder in shown.coders}
    assert stale == {"ana": 5, "ben": 0}


def test_merges_after_merges_are_followed_to_the_end(study: Path) -> None:
    later = NEW.replace("version: 2\ncodes", "version: 3\ncodes").replace("id: peers", "id: people")
    later += "  - {version: 3, kind: merge, from: [peers, other], to: [people], why: all the same}\n"
    (study / "codebook.yaml").write_text(later)
    (study / "codebook" / "v2.yaml").write_text(NEW)
    found = decisions(study, "coding")
    assert found["ana"]["people"] == [1, 1, 0, 1, 0]
    assert found["ben"]["people"] == [1, -1, -1, -1, -1]  # Ben never had `other`, so a blank of his is no decision


def test_a_name_that_no_version_ever_had_is_still_an_error(study: Path) -> None:
    (study / "coding" / "ben.csv").write_text("transcript,coder,turn,code\np1,ben,1,peerz\n")
    with pytest.raises(ac.InputError, match=r'ben.csv:2: the codebook has no code "peerz"; did you mean "peers"'):
        ac.agree_files([study / "coding"])


def later(study: Path, *changes: str, drop: str, add: str) -> dict[tuple[str, str], ac.Rereading]:
    """What is owed under a third version, which has other codes than the second; by code and coder."""
    (study / "codebook" / "v2.yaml").write_text(NEW)
    book = NEW.replace("version: 2\ncodes:\n", f"version: 3\ncodes:\n{add}")
    book = "".join(line for line in book.splitlines(keepends=True) if f"id: {drop}," not in line)
    (study / "codebook.yaml").write_text(book + "".join(f"  - {{version: 3, {change}}}\n" for change in changes))
    return {(row.code, row.coder): row for row in ac.codebook_status(ac.Study.here()).rows}


def test_what_was_merged_and_then_split_is_to_be_told_apart_by_who_coded_before_both(study: Path) -> None:
    parts = "".join(f"  - {{id: {id}, name: {id}, definition: Some of them.}}\n" for id in ("friends", "allies"))
    rows = later(study, "kind: split, from: [peers], to: [friends, allies], why: two", drop="peers", add=parts)
    for part in ("friends", "allies"):  # Ana's two passages stand under what `peers` was made of, Ben's one under it
        assert (rows[part, "ana"].state, rows[part, "ana"].passages) == ("split", 2)
        assert (rows[part, "ben"].state, rows[part, "ben"].passages) == ("split", 1)
    notes = ac.agree_files([study / "coding"]).notes
    assert any('"kind" is merged into peers in version 2, which is asked no more' in note for note in notes)


def test_a_run_of_before_a_merge_and_a_split_is_owed_both_parts(study: Path) -> None:
    coder = Scripted({"Maria": says(("swap", WORDS[0]), ("kind", WORDS[1]))})
    texts = list(ac.read_transcripts(study / "interviews"))
    ac.code(texts, ac.read_codebook(study / "codebook" / "v1.yaml"), coder=coder, run=ac.Run("runs/v1"))
    parts = "".join(f"  - {{id: {id}, name: {id}, definition: Some of them.}}\n" for id in ("friends", "allies"))
    rows = later(study, "kind: split, from: [peers], to: [friends, allies], why: two", drop="peers", add=parts)
    assert (rows["friends", "scripted @ v1"].state, rows["friends", "scripted @ v1"].passages) == ("split", 2)


def test_a_code_merged_from_one_they_never_had_is_owed_a_look(study: Path) -> None:
    whole = "  - {id: offices, name: Offices, definition: HR or desk.}\n"
    rows = later(study, "kind: merge, from: [hr, stays], to: [offices], why: one", drop="stays", add=whole)
    # Ana had `stays` and not `hr`: where she gave `stays` it counts, and of all else nothing is decided.
    assert (rows["offices", "ana"].state, rows["offices", "ana"].transcripts) == ("new", ("p1",))
    assert rows["offices", "ben"].state == "carried"  # Ben had both


def test_the_whole_of_a_split_is_stale_for_the_part_that_keeps_its_name_even_where_the_words_did_not_change(
    study: Path,
) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    old = ac.read_codebook(study / "codebook" / "v1.yaml")
    run = ac.code(texts, old, coder=Scripted({"Maria": says(("office", WORDS[2]))}), run=ac.Run("runs/v1"))
    kept = NEW.replace("{id: hr, name: HR, definition: HR helped.}", "{id: office, name: Office, definition: X}")
    kept = kept.replace("definition: X", "definition: The office helped.").replace(
        "to: [hr, desk]", "to: [office, desk]"
    )
    (study / "codebook.yaml").write_text(kept)
    (study / "coding" / "ben.csv").write_text("transcript,coder,turn,code\np1,ben,3,office\n")
    shown = ac.agree_files([study / "coding", run.path])
    assert {coder.name: coder.n_stale for coder in shown.coders} == {"ana": 5, "ben": 0, "scripted": 5}
    again = ac.Run("runs/v2", since=Path("runs/v1"))
    later = ac.code(texts, ac.read_codebook(study / "codebook.yaml"), coder=Scripted({}), run=again)
    assert later.made_with.since is not None
    assert later.made_with.since.codes == ("stays",)  # the part is asked anew


def test_a_line_that_names_no_version_is_no_reading_under_the_new_one(study: Path) -> None:
    (study / "codebook.yaml").write_text(NEW.replace("definition: As it was.", "definition: Edited."))
    coders = study / "coding" / "coders.csv"
    coders.write_text("coder,transcript,codebook,turns\nana,p1,1,\nana,p1,,1-5\nben,p1,2,\n")
    stale = {coder.name: coder.n_stale for coder in ac.agree_files([study / "coding"]).coders}
    assert stale == {"ana": 5, "ben": 0}
