"""`autocode check`: everything there is to know of a study before anything is paid, and nothing written."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from conftest import INTERVIEW, Cli, shared

import autocode as ac
from autocode.speakers import likely_interviewers, speakers

ROOT = Path(__file__).resolve().parents[1]

CODEBOOK = """\
format: autocode-codebook/1
id: soup
version: 1
codes:
  - id: colleagues
    name: Colleagues
    definition: What colleagues did to help
    exclude: [help of a manager (use manager)]
    counterexamples: [{text: we get on, use: manager}]
  - id: manager
    name: Boss
    definition: Something a superior said or allowed
    exclude: [help of a colleague (use colleagues)]
    counterexamples: [{text: Ana took over, use: colleagues}]
"""


@pytest.fixture
def cli(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("COLUMNS", "80")
    return cli


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "interviews").mkdir(parents=True)
    (folder / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (folder / "codebook.yaml").write_text(CODEBOOK)
    (folder / "interviews" / "p01.txt").write_text(INTERVIEW)
    return folder


def checked(where: Path, **settings: object) -> ac.Check:
    return ac.check(ac.Study.at(where), **settings)  # type: ignore[arg-type]


def messages(check: ac.Check, level: str, about: str = "") -> list[str]:
    return [f.message for f in check.findings if f.level == level and about in ("", f.about)]


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- transcripts and speakers ------------------------------------------------------------------------------------


def test_each_interview_has_its_turns_words_and_speakers(study: Path) -> None:
    only = checked(study).transcripts[0]
    assert (only.id, only.turns, only.coded_turns, only.words, only.minutes) == ("p01", 6, 3, 41, None)
    assert [(s.label, s.turns, s.words, s.questions, s.coded) for s in only.speakers] == [
        ("INT", 3, 10, 3, False),
        ("P1", 3, 31, 0, True),
    ]
    assert only.speakers[1].first_words == "My manager sat down with me and moved …"


def test_minutes_are_those_of_the_last_end(study: Path) -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v INT>Why?\n\n00:59:30.000 --> 01:30:00.000\n<v P1>Because.\n"
    (study / "interviews" / "p02.vtt").write_text(vtt)
    assert [t.minutes for t in checked(study).transcripts] == [None, 90.0]


def test_the_turns_of_annomi_are_those_its_makers_counted() -> None:
    folder = shared("data/annomi")
    with (folder / "transcripts.csv").open(encoding="utf-8", newline="") as file:
        counted = {row["transcript"]: int(row["turns"]) for row in csv.DictReader(file)}
    found = checked(folder / "transcripts", codebook=folder / "codebook.csv")
    assert {t.id: t.turns for t in found.transcripts} == counted
    assert found.codebook is not None
    assert found.codebook.asked == 18
    # Its codes say whose turns they are for, so nobody is said to be an interviewer who should be left out.
    assert not messages(found, "warning", "speakers")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"INT: Caf\xe9?\nP1: Yes.\nINT: Why?\nP1: No.\n", "Windows-1252"),
        ("INT: Café?\nP1: Yes.\nINT: Why?\nP1: No.\n".encode(), "UTF-8"),
        ("\ufeffINT: Café?\nP1: Yes.\nINT: Why?\nP1: No.\n".encode("utf-16-le"), "UTF-16"),
    ],
)
def test_how_a_file_is_written_is_said(study: Path, data: bytes, name: str) -> None:
    (study / "interviews" / "p01.txt").write_bytes(data)
    found = checked(study)
    assert found.transcripts[0].encoding == name
    assert (len(messages(found, "warning", "reading")), len(messages(found, "note", "reading"))) == {
        "Windows-1252": (1, 0),
        "UTF-8": (0, 0),
        "UTF-16": (0, 1),
    }[name]


def test_all_files_that_cannot_be_read_are_told_and_the_rest_goes_on(cli: Cli, study: Path) -> None:
    (study / "interviews" / "empty.txt").write_text("")
    (study / "interviews" / "noise.txt").write_bytes(b"\xff\x00\x81\x00")
    found = checked(study)
    assert [Path(path).name for path in found.unread] == ["empty.txt", "noise.txt"]
    assert len(messages(found, "error", "files")) == 2
    assert found.cost is not None
    assert found.cost.calls == 1
    code, out, _ = cli("check", study)
    assert code == 1
    assert out.index("To mend") < out.index("empty.txt") < out.index("What it would cost")


def test_the_likely_interviewer_is_named_with_the_line_to_add(cli: Cli, study: Path) -> None:
    (study / "autocode.yaml").write_text("")
    code, out, _ = cli("check", study)
    assert code == 0
    line = "exclude_speakers: [INT]"
    assert line in out
    (study / "autocode.yaml").write_text(line + "\n")
    assert not messages(checked(study), "warning", "speakers")
    assert cli("check", study, "--strict")[0] == 0


def test_a_second_interviewer_under_another_name_is_seen(study: Path) -> None:
    (study / "interviews" / "p02.txt").write_text(INTERVIEW.replace("INT:", "Dr. No:").replace("P1:", "P2:"))
    found = checked(study)
    line = next(f.add for f in found.findings if "p02" in f.message and f.add)
    assert line == "exclude_speakers: [INT, Dr. No]"


def test_nobody_is_called_an_interviewer_where_all_ask_alike() -> None:
    text = "A: Why?\nB: Why not?\n"
    turns = (ac.Turn(1, "A", ac.Span(3, 7)), ac.Turn(2, "B", ac.Span(11, 19)))
    assert likely_interviewers(speakers(ac.Transcript(id="t", text=text, turns=turns))) == {}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            "exclude_speakers: [Int]\n",
            'exclude_speakers names the speaker "Int", whom no transcript has; did you mean "INT"',
        ),
        ("exclude_speakers: [INT]\nspeakers: [P7]\n", 'speakers names "P7", whom no transcript has'),
    ],
)
def test_a_label_that_nobody_has_is_told_with_the_nearest(study: Path, settings: str, words: str) -> None:
    (study / "autocode.yaml").write_text(settings)
    assert any(words in message for message in messages(checked(study), "warning", "speakers"))


def test_an_excluded_label_in_a_study_without_labels_is_told(study: Path) -> None:
    (study / "interviews" / "p01.txt").write_text("A good day.\n\nA bad day.\n")
    assert any('exclude_speakers names the speaker "INT"' in m for m in messages(checked(study), "warning"))


def test_labels_that_differ_in_case_or_blanks_are_told(study: Path) -> None:
    (study / "interviews" / "p02.txt").write_text(INTERVIEW.replace("INT:", "Int:").replace("P1:", "P 1:"))
    told = messages(checked(study), "warning", "speakers")
    assert any('"INT" (p01) and "Int" (p02)' in m and "only one of them is left out" in m for m in told)
    assert any('"P1" (p01) and "P 1" (p02)' in m for m in told)


def test_a_label_with_a_single_turn_is_told_with_its_line(study: Path) -> None:
    (study / "interviews" / "p01.txt").write_text(INTERVIEW + "P9 [00:10:00]: Dinner is ready.\n")
    assert any(m.startswith(f'{study}/interviews/p01.txt:7: "P9"') for m in messages(checked(study), "note"))


def test_turns_of_different_kinds_side_by_side_are_told(study: Path) -> None:
    (study / "interviews" / "diary.txt").write_text("A good day.\n\nA bad day.\n")
    told = messages(checked(study), "warning", "turns")
    assert len(told) == 1
    assert "a block between blank lines in diary" in told[0]
    assert "p01" in told[0]
    (study / "interviews" / "diary.txt").unlink()
    assert not messages(checked(study), "warning", "turns")


def test_what_the_reader_decided_is_told_with_its_place(study: Path) -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v P2>Yes.\n\n00:03.000 --> 00:04.000\n\n"
    (study / "interviews" / "p02.vtt").write_text(vtt)
    assert f"{study}/interviews/p02.vtt:6: cue without text" in messages(checked(study), "warning", "reading")


# --- codebook and coding -----------------------------------------------------------------------------------------


def test_a_faulty_codebook_ends_only_its_own_part(cli: Cli, study: Path) -> None:
    (study / "codebook.yaml").write_text("format: autocode-codebook/1\nid: a\ncodes: [{id: x, nmae: X}]\n")
    found = checked(study)
    assert found.codebook is None
    assert found.cost is None
    assert [m for m in messages(found, "error") if 'did you mean "name"' in m] == messages(found, "error", "codebook")
    assert found.transcripts[0].turns == 6
    assert cli("check", study)[0] == 1


def test_the_codebooks_lint_is_told_and_strict_makes_it_an_error(cli: Cli, study: Path) -> None:
    assert cli("check", study, "--strict")[0] == 0
    (study / "codebook.yaml").write_text(CODEBOOK.replace("    exclude: [help of a manager (use manager)]\n", ""))
    assert any("[no-exclusion]" in message for message in messages(checked(study), "warning", "codebook"))
    assert (cli("check", study)[0], cli("check", study, "--strict")[0]) == (0, 1)


def test_codes_for_speakers_that_nobody_is_are_told(study: Path) -> None:
    (study / "codebook.yaml").write_text(CODEBOOK + "    speakers: [P2]\n")
    told = messages(checked(study), "warning", "speakers")
    assert any('the code "manager" names the speaker "P2"' in m for m in told)


def test_coding_is_counted_and_every_name_that_nobody_knows_is_an_error(study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "ana.csv").write_text(
        "transcript,turn,code,quote\n"
        "p01,6,colleagues,My colleagues brought soup.\n"
        "p01,4,colleague,\n"
        "p01,4,no-such,\n"
        "p07,1,manager,\n"
    )
    found = checked(study)
    report = found.imports[0]
    assert (report.rows, report.exact, report.refused) == (4, 1, 1)
    told = messages(found, "error", "coding")
    assert len(told) == 3
    assert any(f'{study}/coding/ana.csv:3: nobody knows the code "colleague"' in m for m in told)
    assert any('"p07"' in m for m in told)
    (study / "coding" / "ana.csv").write_text("transcript,turn,code\np01,6,colleagues\n")
    found = checked(study)
    assert not messages(found, "error")
    assert [(c.coder, c.transcripts, c.passages) for c in found.coders] == [("ana", 1, 1)]


def test_a_row_that_stops_agree_is_an_error_and_not_only_to_look_at(study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "ana.csv").write_text("transcript,turn,code\np01,6,colleagues\np01,99,colleagues\n")
    found = checked(study)
    (told,) = messages(found, "error", "coding")
    assert "ana.csv:3: there is no turn 99" in told
    assert not any("turn 99" in message for message in messages(found, "warning"))
    with pytest.raises(ac.InputError, match="there is no turn 99"):
        ac.compare_files([study])


def test_a_study_whose_coding_has_not_begun_is_no_error(study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "coders.csv").write_text("coder,transcript\n")
    assert checked(study).count("error") == 0


def test_a_participant_of_an_unknown_interview_is_told(study: Path) -> None:
    (study / "participants.csv").write_text("participant,transcript,speaker\n1,p1,P1\n")
    assert any('no transcript is called "p1"; did you mean "p01"' in m for m in messages(checked(study), "warning"))


# --- cost and sending --------------------------------------------------------------------------------------------


def test_the_calls_are_those_that_a_dry_run_shows(cli: Cli, tmp_path: Path) -> None:
    study = tmp_path / "example"
    shutil.copytree(ROOT / "examples" / "study", study, ignore=shutil.ignore_patterns("runs"))
    planned = json.loads(cli("run", study, "--model", "openai/gpt-5-mini", "--dry-run", "--json")[1])
    code, out, _ = cli("check", study, "--model", "openai/gpt-5-mini", "--json")
    cost = json.loads(out)["cost"]
    assert code == 0
    assert (cost["calls"], cost["prompt_tokens"]) == (planned["calls"], planned["prompt_tokens"])
    # 2,149 words of P1 to P4, one proposal for every 30 of them, 75 tokens each
    assert cost["completion_tokens"] == round(2149 / 30 * 75)
    assert cost["price"]["usd"] > cost["price"]["usd_cached"] > 0


def test_the_baseline_costs_nothing(study: Path) -> None:
    found = checked(study)
    assert found.cost is not None
    assert (found.cost.baseline, found.cost.price, found.sending) == (True, None, None)


def test_what_would_leave_the_machine_is_said_and_who_approved_it(cli: Cli, study: Path) -> None:
    found = checked(study, model="openai/gpt-5-mini")
    assert found.sending is not None
    assert (found.sending.to, found.sending.words, found.sending.people) == ("api.openai.com", 41, 1)
    assert found.sending.approved_by is None
    assert "Nobody has said yes" in cli("check", study, "--model", "openai/gpt-5-mini")[1]
    with (study / "autocode.yaml").open("a") as file:
        file.write("send: {to: cloud, approved_by: Ethics 14, date: 2026-11-02}\n")
    found = checked(study, model="openai/gpt-5-mini")
    assert found.sending is not None
    assert found.sending.approved_by == "Ethics 14, 2026-11-02"


def test_a_study_that_stays_here_and_a_model_elsewhere_do_not_go_together(study: Path) -> None:
    with (study / "autocode.yaml").open("a") as file:
        file.write("send: {to: local}\n")
    assert any("send: local" in m for m in messages(checked(study, model="openai/gpt-5-mini"), "error", "sending"))


def test_who_said_no_to_other_machines_is_neither_sent_nor_paid_for(study: Path) -> None:
    (study / "interviews" / "p02.txt").write_text(INTERVIEW.replace("P1", "P2"))
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\n1,p01,P1,no\n2,p02,P2,yes\n")
    found = checked(study, model="openai/gpt-5-mini")
    assert found.sending is not None
    assert (found.sending.kept_here, found.sending.transcripts) == (("p01",), 1)
    assert found.cost is not None
    assert found.cost.calls == 1


# --- what is printed ---------------------------------------------------------------------------------------------


def test_nothing_is_written(cli: Cli, study: Path) -> None:
    before = everything_below(study)
    cli("check", study, "--model", "openai/gpt-5-mini")
    assert everything_below(study) == before


def test_the_json_holds_no_words_of_participants_unless_they_are_asked_for(cli: Cli, study: Path) -> None:
    out = cli("check", study, "--json")[1]
    assert json.loads(out)["format"] == "autocode-check/1"
    assert "sat down" not in out
    assert "sat down" in cli("check", study, "--json", "--words")[1]


def test_words_of_participants_are_never_read_as_markup(cli: Cli, study: Path) -> None:
    (study / "interviews" / "p01.txt").write_text("INT: Why?\nP1: [b]so[/] [/] :smile:\nINT: Why?\nP1: [/]\n")
    code, out, _ = cli("check", study)
    assert code == 0
    assert "[b]so[/] [/] :smile:" in out


def test_no_line_is_wider_than_80_columns(cli: Cli, study: Path) -> None:
    label = "A very long label of one person indeed"
    (study / "interviews" / f"{'x' * 60}.txt").write_text(f"{label}: {'Yes ' * 40}\nINT: Why?\n" * 3)
    out = cli("check", study, "--model", "openai/gpt-5-mini")[1]
    assert max(map(len, out.splitlines())) <= 80


def test_transcripts_alone_are_checked_without_a_codebook(cli: Cli, study: Path) -> None:
    code, out, _ = cli("check", study / "interviews")
    assert code == 0
    assert "no codebook is named" in " ".join(out.split())
