"""`autocode init`: six questions, and a study from the answers that reads and passes `autocode check`."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from pathlib import Path

import pytest
from conftest import INTERVIEW, Cli

import autocode as ac
from autocode.config import KEYS, read_config

ROOT = Path(__file__).resolve().parents[1]
FILES = ["autocode.yaml", "codebook.yaml", "coding/coders.csv", "participants.csv", "transcripts.csv"]


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def cli(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    def run(*args: object, types: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO() if types is None else Terminal(types))
        return cli(*args)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two interviews, and nothing else."""
    place = tmp_path / "my study"
    (place / "interviews").mkdir(parents=True)
    for name in ("p01", "p02"):
        (place / "interviews" / f"{name}.txt").write_text(INTERVIEW.replace("P1", name.upper()))
    return place


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.suffix != ".txt")


# --- the files ---------------------------------------------------------------------------------------------------


def test_the_defaults_make_a_study_that_passes_check(cli: Cli, folder: Path) -> None:
    code, out, _ = cli("init", folder, "--yes")
    assert code == 0
    assert written(folder) == FILES
    assert "Not coded: INT" in out
    config = read_config(folder)
    assert (config.exclude_speakers, config.approach, config.unit) == (("INT",), "reliability", "turn")
    assert config.transcripts == folder / "interviews"
    assert config.send is not None
    assert config.send.to == "local"
    found = ac.check(ac.Study.at(folder))
    assert (found.count("error"), [t.coded_turns for t in found.transcripts]) == (0, [3, 3])
    assert cli("check", folder)[0] == 0


def test_every_flag_is_an_answer(cli: Cli, folder: Path) -> None:
    flags = ["--transcripts", "interviews", "--exclude-speaker", "INT", "--approach", "framework", "--unit", "sentence"]
    code, _, err = cli("init", folder, *flags, "--cloud", "--coder", "Ana", "--coder", "Ben Ö.")
    assert (code, err) == (0, "")
    config = read_config(folder)
    assert (config.approach, config.unit, config.send) == ("framework", "sentence", None)
    rows = table(folder / "coding" / "coders.csv")
    assert [(row["coder"], row["transcript"]) for row in rows] == [
        (coder, id) for coder in ("Ana", "Ben Ö.") for id in ("p01", "p02")
    ]
    people = table(folder / "participants.csv")
    assert [(p["transcript"], p["speaker"]) for p in people] == [("p01", "P01"), ("p02", "P02")]
    assert len({p["participant"] for p in people}) == 2
    assert [row["transcript"] for row in table(folder / "transcripts.csv")] == ["p01", "p02"]


def test_coding_that_has_not_begun_is_told_before_it_counts_as_zeros(cli: Cli, folder: Path) -> None:
    cli("init", folder, "--yes", "--coder", "Ana")
    told = [f.message for f in ac.check(ac.Study.at(folder)).findings if f.about == "coding"]
    assert any("Ana" in message and "found nothing" in message for message in told)


def test_the_places_to_fill_in_are_told_until_they_are_filled_in(cli: Cli, folder: Path) -> None:
    cli("init", folder, "--yes")

    def open_places() -> list[str]:
        return [f.message for f in ac.check(ac.Study.at(folder)).findings if "state here" in f.message]

    assert "manager-help, no-help" in open_places()[0]
    book = folder / "codebook.yaml"
    book.write_text("\n".join(line for line in book.read_text().splitlines() if "[state here" not in line))
    assert not open_places()


def test_the_codebook_begins_with_two_codes_that_read_without_a_word(cli: Cli, folder: Path) -> None:
    cli("init", folder, "--yes")
    book = ac.read_codebook(folder / "codebook.yaml")
    assert (book.id, [code.id for code in book.codes], book.notes) == ("my-study", ["manager-help", "no-help"], ())
    assert not ac.lint(book).findings


def test_every_setting_stands_in_the_file_and_reads_as_it_stands_there(cli: Cli, folder: Path) -> None:
    cli("init", folder, "--yes", "--cloud")
    path = folder / "autocode.yaml"
    text = path.read_text()
    for key in KEYS:
        assert f"\n{key}: " in text or f"\n# {key}: " in text, key
    for key in KEYS:  # what is a comment is a setting once its # is taken away
        text = text.replace(f"\n# {key}: ", f"\n{key}: ")
    path.write_text(text)
    config = read_config(folder)
    assert (config.model, config.encoding, config.speakers) == ("openai/gpt-5-mini", "windows-1252", ("P1", "P2"))
    assert config.send is not None
    assert config.send.to == "cloud"


def test_no_file_is_written_over(cli: Cli, folder: Path) -> None:
    (folder / "codebook.yaml").write_text("mine\n")
    (folder / "participants.csv").symlink_to(folder / "nowhere.csv")
    code, out, _ = cli("init", folder, "--yes")
    assert code == 0
    assert (folder / "codebook.yaml").read_text() == "mine\n"
    assert not (folder / "nowhere.csv").exists()
    assert f"kept as it is: {folder / 'codebook.yaml'}" in out
    before = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
    code, out, _ = cli("init", folder, "--yes", "--unit", "sentence")
    assert (code, "written:" in out) == (0, False)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_study_can_be_started_before_there_are_interviews(cli: Cli, tmp_path: Path) -> None:
    code, out, _ = cli("init", tmp_path / "new", "--yes")
    assert code == 0
    assert (tmp_path / "new" / "interviews").is_dir()
    assert f"put the interviews into {tmp_path / 'new' / 'interviews'}" in out
    shutil.copy(ROOT / "examples" / "study" / "interviews" / "p01.txt", tmp_path / "new" / "interviews")
    assert cli("check", tmp_path / "new")[0] == 0


def test_interviews_elsewhere_are_found_from_the_study(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("init", "new", "--yes", "--transcripts", "my study/interviews")[0] == 0
    assert "transcripts: ../my study/interviews" in (tmp_path / "new" / "autocode.yaml").read_text()
    assert len(ac.check(ac.Study.at(tmp_path / "new")).transcripts) == 2


def test_interviews_in_the_studys_own_folder_are_refused(cli: Cli, folder: Path) -> None:
    code, _, err = cli("init", folder / "interviews", "--yes", "--transcripts", ".")
    assert code == 1
    assert "need a folder of their own" in err
    assert not written(folder)


# --- the questions -----------------------------------------------------------------------------------------------


def test_six_questions_are_asked_and_answered_by_number_or_word(cli: Cli, folder: Path) -> None:
    answers = ["", "2, INT", "content", "3", "2", "Ana, Ben"]
    code, out, err = cli("init", folder, types="\n".join(answers) + "\n")
    assert code == 0
    assert err.count("Answer") == 6
    assert "INT: 6 turns; begins: What helped you to stay?" in err
    config = read_config(folder)
    assert (config.exclude_speakers, config.approach) == (("P01", "INT"), "content")
    assert (config.unit, config.send) == ("transcript", None)
    assert {row["coder"] for row in table(folder / "coding" / "coders.csv")} == {"Ana", "Ben"}
    assert out.startswith(f"written: {folder / 'autocode.yaml'}")


def test_an_answer_that_is_none_is_asked_for_again(cli: Cli, folder: Path) -> None:
    answers = ["", "Int erviewer", "nobody", "contnt", "1", "", "", ""]
    code, _, err = cli("init", folder, types="\n".join(answers) + "\n")
    assert code == 0
    assert '"Int erviewer" is not among the answers: INT, P01, P02' in err
    assert 'did you mean "content"' in err
    assert read_config(folder).exclude_speakers == ()


def test_leaving_at_a_question_writes_nothing(cli: Cli, folder: Path) -> None:
    code, _, err = cli("init", folder, types="\n")
    assert code == 130
    assert "nothing was written" in err
    assert not written(folder)


def test_without_a_terminal_the_flags_to_give_are_named(cli: Cli, folder: Path) -> None:
    code, _, err = cli("init", folder, "--unit", "turn", "--coder", "Ana")
    assert code == 1
    assert "--approach WORD" in err
    assert "--yes" in err
    assert "--unit" not in err
    assert "--coder" not in err
    assert not written(folder)


@pytest.mark.parametrize("flag", [("--approach", "grounded"), ("--unit", "word"), ("--exclude-speaker", "INTT")])
def test_a_flag_that_is_no_answer_is_refused(cli: Cli, folder: Path, flag: tuple[str, str]) -> None:
    code, _, err = cli("init", folder, "--yes", *flag)
    assert code == 1
    assert f'"{flag[1]}" is not among the answers' in err
    assert not written(folder)


def test_a_comma_in_a_name_divides_nothing(cli: Cli, folder: Path) -> None:
    for name in ("p01", "p02"):
        (folder / "interviews" / f"{name}.txt").write_text(INTERVIEW.replace("INT:", "Doe, Jane:"))
    assert cli("init", folder, types="\nP1, Doe, Jane\n\n\n\n\n")[0] == 0
    assert read_config(folder).exclude_speakers == ("P1", "Doe, Jane")
    (folder / "autocode.yaml").unlink()
    assert cli("init", folder, "--yes", "--exclude-speaker", "Doe, Jane")[0] == 0
    assert read_config(folder).exclude_speakers == ("Doe, Jane",)
