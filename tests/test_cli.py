"""The command line, as a person uses it: what is printed, what is written, and how it ends."""

from __future__ import annotations

import csv
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import INTERVIEW, Cli, shared

import autocode as ac

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).parent / "data"

CODEBOOK = """\
format: autocode-codebook/1
id: soup
version: 1
codes:
  - {id: colleagues, name: Colleagues, definition: What colleagues did; colleagues brought something}
  - {id: manager, name: Manager, definition: My manager sat down with me and moved deadlines}
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A small study on disk."""
    folder = tmp_path / "study"
    (folder / "interviews").mkdir(parents=True)
    (folder / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (folder / "codebook.yaml").write_text(CODEBOOK)
    (folder / "interviews" / "p01.txt").write_text(INTERVIEW)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the example study, and real input --------------------------------------------------------------------------


@pytest.fixture
def example(tmp_path: Path) -> Path:
    folder = tmp_path / "example"
    shutil.copytree(ROOT / "examples" / "study", folder, ignore=shutil.ignore_patterns("runs"))
    return folder


def test_one_command_codes_the_example_study_and_says_what_to_do_next(cli: Cli, example: Path) -> None:
    code, out, err = cli("run", example)
    assert code == 0
    assert "4 interviews · 172 turns, 86 of them coded · 2,602 words" in " ".join(out.split())
    assert "word for word" in out
    assert "baseline" in err
    run = example / "runs" / "support-study-v3-lexical"
    assert f"Written: {run}/coding.csv" in out
    assert f"autocode agree {example}" in out
    assert sorted(p.name for p in run.iterdir()) == ["calls.jsonl", "coding.csv", "plan.jsonl", "run.json", "run.lock"]
    before = everything_below(run)
    assert cli("run", example)[0] == 0
    assert everything_below(run) == before


def test_the_summary_is_there_as_json(cli: Cli, example: Path) -> None:
    code, out, _ = cli("run", example, "--json")
    summary = json.loads(out)
    assert (code, summary["format"]) == (0, "autocode-run-summary/1")
    assert (summary["interviews"], summary["turns"], summary["words"]) == (4, 172, 2602)
    rows = table(example / "runs" / "support-study-v3-lexical" / "coding.csv")
    assert summary["matches"]["exact"] == len(rows) > 20


def test_every_quote_in_the_table_stands_in_its_interview(cli: Cli, example: Path) -> None:
    cli("run", example)
    texts = {t.id: t for t in ac.read_transcripts(example / "interviews")}
    for row in table(example / "runs/support-study-v3-lexical/coding.csv"):
        transcript = texts[row["transcript"]]
        assert transcript.text[int(row["start"]) : int(row["end"])] == row["quote"]
        assert transcript.turns[int(row["turn"]) - 1].speaker == row["speaker"] != "INT"


def test_agree_on_a_study_compares_its_people_and_its_runs(cli: Cli, example: Path) -> None:
    cli("run", example)
    code, out, _ = cli("agree", example)
    assert code == 0
    assert "ana, ben: person, independent, saw nothing, codebook v3" in out
    assert "lexical: baseline, no language model, independent, saw nothing, codebook v3" in out
    assert "people (theme)" in out
    assert "8 codes: median 0.75 (0.49 to 0.84)" in out
    code, out, _ = cli("agree", example, "--json")
    rows = {(row["code"], row["level"]): row for row in json.loads(out)["codes"]}
    assert rows["manager-help", "code"]["human"]["alpha"] == pytest.approx(0.84, abs=0.005)
    assert rows["manager-help", "code"]["human"]["low"] is None
    assert rows["manager-help", "code"]["human"]["interval_reason"] == "too few interviews for an interval"
    assert rows["office-help", "code"]["human"]["status"] == "no variation"


def test_the_table_of_codes_is_written_as_csv(cli: Cli, example: Path, tmp_path: Path) -> None:
    code, _, err = cli("agree", example, "--csv", tmp_path / "agreement.csv")
    assert (code, f"written: {tmp_path / 'agreement.csv'}" in err) == (0, True)
    rows = table(tmp_path / "agreement.csv")
    people = {row["code"]: row for row in rows if (row["what"], row["figure"]) == ("code", "human")}
    assert float(people["manager-help"]["alpha"]) == pytest.approx(0.84, abs=0.005)
    assert (people["office-help"]["alpha"], people["office-help"]["status"]) == ("", "no variation")
    assert "nan" not in (tmp_path / "agreement.csv").read_text().lower()


def test_annomi_is_coded_end_to_end(cli: Cli, tmp_path: Path) -> None:
    annomi = DATA / "annomi"
    args = ("run", annomi / "transcripts", "--codebook", annomi / "codebook.csv", "--out", tmp_path / "r", "--json")
    code, out, _ = cli(*args)
    summary = json.loads(out)
    assert (code, summary["interviews"], summary["turns"], summary["uncoded"]) == (0, 27, 1414, [])
    assert {row["code"] for row in summary["codes"]} == {
        c.id for c in ac.read_codebook(annomi / "codebook.csv").codes
    } - {
        "main_behaviour",
        "client_talk",
    }


ANNOMI = {
    "main_reflection": (0.7294, 216),
    "main_question": (0.8011, 216),
    "main_input": (0.6550, 216),
    "main_other": (0.7422, 216),
    "question": (0.8688, 216),
    "question_open": (0.6919, 216),
    "question_closed": (0.5676, 216),
    "reflection": (0.6597, 216),
    "reflection_simple": (0.2563, 216),
    "reflection_complex": (0.4535, 216),
    "input": (0.6443, 216),
    "input_information": (0.4692, 216),
    "input_advice": (0.5103, 216),
    "input_options": (0.1619, 216),
    "input_negotiation": (0.0882, 216),
    "change": (0.5035, 212),
    "neutral": (0.4203, 212),
    "sustain": (0.5010, 212),
}
"""Nominal alpha of ten coders on seven transcripts, from the data set's own README, and the number of units."""


def test_the_published_alphas_of_annomi_come_out_of_the_command(cli: Cli) -> None:
    annomi = DATA / "annomi"
    files = ("--transcripts", annomi / "transcripts", "--codebook", annomi / "codebook.csv")
    code, out, _ = cli("agree", annomi / "coding.csv", *files, "--json")
    rows = {row["code"]: row for row in json.loads(out)["codes"] if row["level"] == "code"}
    found = {id: (round(row["human"]["alpha"], 4), row["human"]["n_units"]) for id, row in rows.items()}
    assert (code, found) == (0, ANNOMI)
    groups = {row["group"]: round(row["human"]["alpha"], 4) for row in json.loads(out)["groups"]}
    assert groups == {
        "main_behaviour": 0.7367,
        "question": 0.7398,
        "reflection": 0.4963,
        "input": 0.5119,
        "client_talk": 0.4671,
    }


SIGHT = {
    "general": 0.7349,
    "confusion": 0.9063,
    "pedagogy": 0.7723,
    "setup": 0.9452,
    "gratitude": 0.9059,
    "personal_experience": 0.7224,
    "clarification": 0.9069,
    "non_english": 0.9366,
    "na": 0.6952,
}
"""Cohen's kappa of H1 and H2, column "these 239" of the data set's README."""


def test_the_published_kappas_of_sight_come_out_of_the_command(cli: Cli) -> None:
    sight = DATA / "sight"
    transcripts = shared("data/sight/transcripts") if not (sight / "transcripts").exists() else sight / "transcripts"
    files = ("--transcripts", transcripts, "--codebook", sight / "codebook.csv")
    code, out, _ = cli("agree", sight / "coding.csv", *files, "--json")
    rows = {row["code"]: row for row in json.loads(out)["codes"]}
    found = {id: round(rows[id]["pairs"][0]["kappa"], 4) for id in SIGHT}
    assert (code, found) == (0, SIGHT)


SIGHT_MODEL = {
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
"""Mean of a model's two kappas with H1 and H2, under each of three prompts; from the data set's README."""


def test_the_published_kappas_of_people_and_model_come_out_of_the_command(cli: Cli) -> None:
    sight = DATA / "sight"
    files = ("--transcripts", sight / "transcripts", "--codebook", sight / "codebook.csv")
    code, out, _ = cli("agree", sight / "coding.csv", sight / "machine.csv", *files, "--json")
    rows = {row["code"]: row for row in json.loads(out)["codes"]}
    kappa = {(id, *pair["coders"]): pair["kappa"] for id, row in rows.items() for pair in row["pairs"]}
    models = ("gpt35_zero_shot", "gpt35_few_shot", "gpt35_few_shot_reasons")
    found = {
        id: tuple(round((kappa[id, "H1", model] + kappa[id, "H2", model]) / 2, 4) for model in models)
        for id in SIGHT_MODEL
    }
    assert (code, found) == (0, SIGHT_MODEL)


# --- running ----------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_first_prompt_and_writes_nothing(cli: Cli, study: Path) -> None:
    before = everything_below(study)
    code, out, err = cli("run", study, "--dry-run", "--model", "openai/gpt-5-mini")
    assert code == 0
    assert "My colleagues brought soup." in out
    assert "colleagues: Colleagues" in out
    assert "1 call, " in err
    assert everything_below(study) == before
    assert json.loads(cli("run", study, "--dry-run", "--json")[1])["calls"] == 1


def test_a_limit_codes_the_first_transcripts_and_the_next_run_the_rest(cli: Cli, study: Path) -> None:
    (study / "interviews" / "p02.txt").write_text(INTERVIEW.replace("soup", "tea"))
    assert json.loads(cli("run", study, "--limit", 1, "--json")[1])["interviews"] == 1
    assert json.loads(cli("run", study, "--json")[1])["interviews"] == 2
    assert len((study / "runs/soup-v1-lexical/calls.jsonl").read_text().splitlines()) == 2


def test_export_writes_the_table_again_without_asking(cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("run", study)
    table = study / "runs/soup-v1-lexical/coding.csv"
    before = table.read_bytes()
    table.unlink()
    monkeypatch.chdir(study)
    code, _, err = cli("export", "runs/soup-v1-lexical")
    assert (code, "written" in err) == (0, True)
    assert table.read_bytes() == before


def test_version_and_help_answer(cli: Cli) -> None:
    assert cli("--version")[:2] == (0, "0.1.0\n")
    code, out, _ = cli("--help")
    assert code == 0
    assert all(verb in out for verb in ("run", "agree", "export"))
    assert cli("run", "--no-such-flag")[0] == 2


# --- what leaves the machine ------------------------------------------------------------------------------------


class Model(http.server.BaseHTTPRequestHandler):
    """An OpenAI-compatible server on this machine that finds soup, and takes its time if told to."""

    delay = 0.0

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        time.sleep(self.delay)
        proposals = {"proposals": [{"why": "soup", "code": "colleagues", "quote": "My colleagues brought soup."}]}
        message = {"role": "assistant", "content": json.dumps(proposals)}
        body = json.dumps(
            {
                "id": "x",
                "object": "chat.completion",
                "created": 0,
                "model": "local-model",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    Model.delay = 0.0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/v1"
        running.shutdown()


def test_a_model_on_this_machine_needs_no_key_and_no_yes(cli: Cli, study: Path, server: str) -> None:
    code, out, err = cli("run", study, "--model", "openai/local", "--base-url", server, "--json")
    summary = json.loads(out)
    assert (code, summary["usage"]["input"], summary["baseline"]) == (0, 100, False)
    assert [row["passages"] for row in summary["codes"]] == [1, 0]
    assert "baseline" not in err
    info = json.loads((study / "runs/soup-v1-openai-local/run.json").read_text())
    assert (info["send"], info["base_url"]) == ([], server)


def test_nothing_leaves_the_machine_before_somebody_said_yes(
    cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    before = everything_below(study)
    code, _, err = cli("run", study, "--model", "openai/gpt-5-mini")
    assert code == 1
    assert "1 interviews (41 words of 1 people) would be sent to api.openai.com" in err
    assert "send: {to: cloud, approved_by: NAME" in err
    assert everything_below(study) == before


def test_send_local_keeps_everything_here(cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (study / "autocode.yaml").write_text("exclude_speakers: [INT]\nsend: {to: local}\n")
    code, _, err = cli("run", study, "--model", "openai/gpt-5-mini", "--yes")
    assert code == 1
    assert "send: local keeps interviews on this machine" in err
    assert not (study / "runs").exists()


@pytest.mark.parametrize(("model", "variable"), [("openai/x", "OPENAI_API_KEY"), ("anthropic/x", "ANTHROPIC_API_KEY")])
def test_a_missing_key_is_named_before_anything_is_written(cli: Cli, study: Path, model: str, variable: str) -> None:
    before = everything_below(study)
    code, _, err = cli("run", study, "--model", model, "--send", "cloud", "--approved-by", "Ethics 12")
    assert (code, variable in err) == (1, True)
    assert everything_below(study) == before


def test_an_interrupted_run_keeps_what_was_answered_and_says_how_to_go_on(study: Path, server: str) -> None:
    for number in range(8):
        (study / "interviews" / f"q{number}.txt").write_text(INTERVIEW.replace("soup", f"soup {number}"))
    Model.delay = 0.4
    command = [sys.executable, "-m", "autocode", "run", str(study), "--model", "openai/local", "--base-url", server]
    process = subprocess.Popen(
        [*command, "--concurrency", "2"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_PROXY": "*"},
        # Tests that a shell runs in the background (`pytest &`) inherit a SIGINT that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = study / "runs/soup-v1-openai-local/calls.jsonl"
    while not journal.exists() or not journal.read_bytes():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "To go on: autocode run" in err
    answered = len(journal.read_text().splitlines())
    assert 2 <= answered < 9
    assert len(table(journal.parent / "coding.csv")) >= 1


# --- bad input: one sentence, exit 1, nothing written -----------------------------------------------------------


def bad(name: str, change: Callable[[Path], object], told: str, *flags: str) -> object:
    return pytest.param(change, told, flags, id=name)


def codebook(text: str) -> Callable[[Path], object]:
    return lambda study: (study / "codebook.yaml").write_text(text)


def interview(data: bytes, name: str = "p02.txt") -> Callable[[Path], object]:
    return lambda study: (study / "interviews" / name).write_bytes(data)


CODE = "codes:\n  - {id: a, name: A}\n"


@pytest.mark.parametrize(
    ("change", "told", "flags"),
    [
        bad("a folder without transcripts", lambda s: (s / "interviews" / "p01.txt").unlink(), "interviews"),
        bad("an empty file", interview(b""), "p02.txt"),
        bad("two files with one id", interview(b"P1: Hi.\nP1: Yes.\n", "P01.md"), "P01.md"),
        bad("UTF-16 without a mark", interview("P1: Hi there.\nP1: Yes.\n".encode("utf-16-le")), "--encoding"),
        bad("NULs", interview(b"P1: Hi\x00\x00 there.\nP1: Yes.\n"), "p02.txt"),
        bad("bytes undefined in Windows-1252", interview(b"P1: Hi \x81\x8d.\nP1: Yes.\n"), "p02.txt"),
        bad("a code twice", codebook("id: b\n" + CODE + "  - {id: a, name: B}\n"), "codebook.yaml:4"),
        bad("an unknown key", codebook("id: b\nversoin: 2\n" + CODE), "codebook.yaml:2: "),
        bad("no codes", codebook("id: b\ncodes: []\n"), "codebook.yaml"),
        bad("an id that is a number", codebook("id: b\ncodes:\n  - {id: 1.10, name: A}\n"), "codebook.yaml:3"),
        bad(
            "an unknown setting",
            lambda s: (s / "autocode.yaml").write_text("exclude_speaker: [INT]\n"),
            "exclude_speakers",
        ),
        bad("a model without provider", lambda s: None, "openai/", "--model", "gpt-5-mini"),
        bad("no such codebook", lambda s: (s / "codebook.yaml").unlink(), "codebook.yaml"),
        bad("no such prompt", lambda s: None, "no such prompt template", "--prompt", "nowhere.txt"),
        bad("an unknown encoding", lambda s: None, "klingon", "--encoding", "klingon"),
    ],
)
def test_bad_input_gets_one_sentence_and_nothing_is_written(
    cli: Cli, study: Path, change: Callable[[Path], object], told: str, flags: tuple[str, ...]
) -> None:
    change(study)
    before = everything_below(study)
    code, out, err = cli("run", study, *flags)
    assert (code, out) == (1, "")
    assert told in err
    assert "Traceback" not in err
    assert everything_below(study) == before


def test_a_circular_parent_in_a_table_is_named(cli: Cli, study: Path, tmp_path: Path) -> None:
    table = tmp_path / "book.csv"
    table.write_text("id,name,parent\na,A,b\nb,B,a\n")
    code, _, err = cli("run", study, "--codebook", table)
    assert (code, "book.csv:2" in err or "book.csv:3" in err) == (1, True)
    assert not (study / "runs").exists()


def test_a_folder_that_is_not_there_and_one_that_is_no_study_are_told_apart(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is nothing here" in cli("run", tmp_path / "nowhere")[2]
    monkeypatch.chdir(tmp_path)
    assert "holds no autocode.yaml" in cli("run")[2]


def test_another_codebook_in_the_same_run_folder_is_refused_with_what_differs(cli: Cli, study: Path) -> None:
    out = study / "runs" / "mine"
    cli("run", study, "--out", out)
    before = everything_below(out)
    (study / "codebook.yaml").write_text(CODEBOOK.replace("What colleagues did", "Anything colleagues did"))
    code, _, err = cli("run", study, "--out", out)
    assert (code, "made with another setting: codebook soup v1" in err) == (1, True)
    assert everything_below(out) == before


def test_a_code_that_nobody_defined_is_named_with_the_nearest(cli: Cli, study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "ana.csv").write_text("transcript,turn,code\np01,2,manager\np01,6,colleges\n")
    code, out, err = cli("agree", study)
    assert (code, out) == (1, "")
    assert "ana.csv:3" in err
    assert "colleagues" in err


def test_bad_files_among_good_ones_are_left_out_only_when_told_to(cli: Cli, study: Path) -> None:
    (study / "interviews" / "p02.txt").write_bytes(b"")
    (study / "interviews" / "p03.txt").write_bytes(b"a\x00b")
    code, _, err = cli("run", study)
    assert (code, "p02.txt" in err, "p03.txt" in err, "--skip-bad" in err) == (1, True, True, True)
    code, out, err = cli("run", study, "--skip-bad", "--json")
    assert (code, json.loads(out)["interviews"]) == (3, 1)
    assert "p02.txt" in err
    assert "p03.txt" in err


# --- odd input that is read and coded ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("P1: My colleagues brought soup – für mich.\nP1: Ja.\n".encode("windows-1252"), "Windows-1252"),
        ("P1: My colleagues brought soup.\nP1: Yes.\n".encode("utf-16"), "UTF-16"),
        ("P1: My colleagues brought soup \ud83d.\nP1: Yes.\n".encode("utf-8", "surrogatepass"), "surrogate"),
        (b"My colleagues brought soup.\n\nThat was all.\n", ""),
        (b"P1: My colleagues brought soup.\nP1: Yes.\n", ""),
        ("P1: My colleagues brought soup 👩‍🍳🍲.\nP1: Yes.\n".encode(), ""),
        ("P1: مرحبا بكم my colleagues brought soup.\nP1: نعم.\n".encode(), ""),
        ("P1: 同僚がスープを持ってきた。colleagues brought soup.\nP1: はい。\n".encode(), ""),
        (b"P1: [laugh] My colleagues brought soup [/] [bold red] <|endoftext|>.\nP1: {{ yes }}\n", ""),
    ],
    ids=["windows-1252", "utf-16", "surrogate", "no labels", "one speaker", "emoji", "rtl", "japanese", "marks"],
)
def test_odd_interviews_are_read_coded_and_printed(cli: Cli, study: Path, data: bytes, told: str) -> None:
    (study / "interviews" / "p01.txt").write_bytes(data)
    code, _, err = cli("run", study)
    assert (code, told in err) == (0, True)
    rows = [row for row in table(study / "runs/soup-v1-lexical/coding.csv") if row["code"] == "colleagues"]
    assert "colleagues brought soup" in rows[0]["quote"]
    assert rows[0]["match"] == "exact"


def test_names_with_square_brackets_in_the_codebook_are_printed_as_they_are(cli: Cli, study: Path) -> None:
    (study / "codebook.yaml").write_text(CODEBOOK.replace("name: Colleagues", 'name: "Colleagues [/] [red]"'))
    assert "Colleagues [/] [red]" in cli("run", study)[1]


def test_a_coder_without_rows_has_read_and_found_nothing_and_that_is_told(cli: Cli, study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "ana.csv").write_text("transcript,turn,coder,code\np01,2,ana,manager\n")
    (study / "coding" / "coders.csv").write_text("coder,transcript\nana,p01\nben,p01\n")
    code, out, err = cli("agree", study, "--json")
    rows = {row["code"]: row for row in json.loads(out)["codes"]}
    assert (code, rows["manager"]["positives"]) == (0, {"ana": 1, "ben": 0})
    assert "ben" in err


def test_what_files_say_cannot_steer_the_terminal(cli: Cli, study: Path) -> None:
    (study / "interviews" / "p02.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Hi.\n\nloose \x1b]0;title\x07\n"
    )
    code, _, err = cli("run", study)
    assert (code, "\x1b" in err, "loose" in err) == (0, False, True)


def test_a_transcripts_folder_of_a_study_is_not_sent_past_the_studys_rules(
    cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\nx,p01,P1,no\n")
    monkeypatch.chdir(tmp_path)
    book = ("--codebook", study / "codebook.yaml", "--model", "openai/m", "--send", "cloud")
    code, _, err = cli("run", study / "interviews", *book)
    assert (code, "belong to the study" in err) == (1, True)
    code, _, err = cli("run", study, "--model", "openai/m", "--send", "cloud")
    assert "kept on this machine (ai_cloud: no), so not coded: p01" in err


def test_a_slip_of_the_pen_in_participants_sends_nobodys_words(
    cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\nx,p1,P1,no\n")
    code, _, err = cli("run", study, "--model", "openai/m", "--send", "cloud")
    assert (code, 'ai_cloud is no for "p1"' in err, 'did you mean "p01"' in err) == (1, True, True)
    assert not (study / "runs").exists()


def test_a_runs_table_stands_for_the_run_and_never_for_a_person(cli: Cli, example: Path) -> None:
    cli("run", example)
    table = example / "runs" / "support-study-v3-lexical" / "coding.csv"
    files = ("--transcripts", example / "interviews", "--codebook", example / "codebook.yaml")
    found = json.loads(cli("agree", example / "coding" / "ana.csv", table, *files, "--json")[1])
    assert [(coder["name"], coder["kind"], coder["baseline"]) for coder in found["coders"]] == [
        ("ana", "human", False),
        ("lexical", "model", True),
    ]


def test_the_baseline_is_called_one_wherever_it_appears(cli: Cli, example: Path) -> None:
    code, out, err = cli("run", example)
    assert (code, "coder lexical (baseline)" in " ".join(out.split()), "baseline" in err) == (0, True, True)
    assert json.loads(cli("run", example, "--json")[1])["baseline"] is True
    assert json.loads((example / "runs/support-study-v3-lexical/run.json").read_text())["baseline"] is True
    assert "With lexical (baseline)" in " ".join(cli("agree", example)[1].split())


def test_a_run_lies_in_its_study_from_wherever_it_is_named(
    cli: Cli, example: Path, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    cli("run", example)
    run = example / "runs" / "support-study-v3-lexical"
    monkeypatch.chdir(tmp_path)
    assert cli("export", run)[0] == 0
    assert cli("agree", run, example / "coding", "--json")[0] == 0


def test_a_label_that_no_transcript_has_is_told(cli: Cli, study: Path) -> None:
    (study / "autocode.yaml").write_text("exclude_speakers: [Int]\n")
    assert (
        'exclude_speakers names the speaker "Int", whom no transcript has; did you mean "INT"?' in cli("run", study)[2]
    )


def test_a_study_with_a_server_for_its_models_still_runs_the_baseline(cli: Cli, study: Path) -> None:
    (study / "autocode.yaml").write_text("base_url: http://localhost:9/v1\n")
    assert cli("run", study)[0] == 0


def test_a_place_that_cannot_be_written_gets_one_sentence(cli: Cli, example: Path, tmp_path: Path) -> None:
    code, _, err = cli("agree", example, "--csv", tmp_path / "nowhere" / "x.csv")
    assert (code, "cannot be written" in err, "Traceback" in err) == (1, True, False)


def test_figures_are_never_written_over_somebodys_coding(cli: Cli, example: Path, tmp_path: Path) -> None:
    before = (example / "coding" / "ana.csv").read_bytes()
    code, _, err = cli("agree", example, "--csv", example / "coding" / "ana.csv")
    assert (code, "holds something else" in err) == (1, True)
    assert (example / "coding" / "ana.csv").read_bytes() == before
    assert [cli("agree", example, "--csv", tmp_path / "a.csv")[0] for _ in range(2)] == [0, 0]


def test_one_coder_alone_is_told_and_is_no_agreement(cli: Cli, study: Path) -> None:
    (study / "coding").mkdir()
    (study / "coding" / "ana.csv").write_text("transcript,turn,code\np01,2,manager\n")
    code, out, err = cli("agree", study, "--json")
    assert (code, "only one coder (ana)" in err) == (1, True)
    assert {row["human"]["status"] for row in json.loads(out)["codes"]} == {"one coder"}


def test_a_study_without_coding_says_so(cli: Cli, study: Path) -> None:
    assert "no coding to compare" in cli("agree", study)[2]
    assert "there is nothing here" in cli("agree", study / "nowhere")[2]


def test_agree_takes_the_study_here_and_says_so_where_there_is_none(
    cli: Cli, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("agree")
    assert (code, "name coding files, runs or a study" in err) == (1, True)
    monkeypatch.chdir(example)
    assert cli("agree")[:2] == cli("agree", example)[:2]


def test_a_run_of_several_repeats_says_which_answers_it_counts(cli: Cli, example: Path) -> None:
    once = cli("run", example, "--out", example / "runs" / "once")[1]
    assert "times" not in once
    told = "Every passage asked 3 times; counted here: the first answers\n"
    thrice = cli("run", example, "--out", example / "runs" / "thrice", "--repeat", 3)[1]
    assert told in thrice
    assert thrice.replace(told, "").split("Written:")[0] == once.split("Written:")[0]


def test_a_model_and_people_are_not_compared_in_words_where_the_peoples_figure_is_withheld(
    cli: Cli, example: Path
) -> None:
    cli("run", example)
    out = " ".join(cli("agree", example)[1].split())
    assert "lexical: cannot tell (people: too rare): pay, own-ways" in out


def test_a_run_is_not_put_among_the_interviews(cli: Cli, study: Path) -> None:
    code, _, err = cli("run", study, "--out", study / "interviews" / "x")
    assert (code, "does not belong among the transcripts" in err) == (1, True)
    assert not (study / "interviews" / "x").exists()


def test_a_slip_in_the_name_of_a_consent_column_is_an_error(
    cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (study / "participants.csv").write_text("participant,transcript,speaker,aicloud\nx,p01,P1,no\n")
    code, _, err = cli("run", study, "--model", "openai/m", "--send", "cloud")
    assert (code, 'the column "aicloud" has to be called ai_cloud' in err) == (1, True)
    (study / "participants.csv").write_text("participant,transcript,speaker,withdrawn\nx,p01,P1,2026-11-01\n")
    assert "so not coded: p01" in cli("run", study, "--model", "openai/m", "--send", "cloud")[2]


def test_a_template_without_the_codes_is_refused(cli: Cli, study: Path) -> None:
    (study / "mine.txt").write_text("Code this.")
    code, _, err = cli("run", study, "--prompt", study / "mine.txt")
    assert (code, "never prints the codes" in err) == (1, True)
    assert not (study / "runs").exists()


def test_who_is_coded_and_who_is_only_shown_is_printed(cli: Cli, study: Path) -> None:
    assert "Coded: P1; only shown: INT" in cli("run", study)[1]
