"""`run --since`: after an edit only the codes that it concerns are asked again, and the rest is the earlier coding."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import Cli

import autocode as ac

VERSION_2 = """\
format: autocode-codebook/1
id: support
version: 2
codes:
  - id: help
    name: Help
    codes:
      - {id: manager-help, name: Manager's help, definition: Something a manager did.}
      - {id: office-help, name: Help from the office, definition: A measure of the office.}
  - {id: pay, name: Pay, definition: Money.}
  - {id: no-pay, name: No pay, definition: Work that nobody pays., exclude: [unpaid leave (use leave)]}
  - {id: leave, name: Leave, definition: Time off.}
  - {id: soup, name: Soup, definition: Food that colleagues bring.}
"""

INTERVIEW = """\
INT: What helped?
P1: My manager moved two deadlines. The office sent a leaflet.
INT: And money?
P1: The pay is good. I took two weeks off. They brought soup.
"""

SAID = {
    "My manager moved two deadlines.": "manager-help",
    "The office sent a leaflet.": "office-help",
    "The pay is good.": "pay",
    "I took two weeks off.": "leave",
    "They brought soup.": "soup",
}


@dataclass(frozen=True)
class Reader:
    """A coder that finds what is said of the codes that it is asked for; under `seen` it keeps what those were."""

    seen: list[tuple[str, ...]] = field(default_factory=list)
    prompts: list[ac.Prompt] = field(default_factory=list)
    name: str = "openai/reader"
    settings: dict[str, object] = field(default_factory=dict)

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return {"prefix": prompt.prefix, "passage": prompt.passage, "codes": prompt.codes}

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        self.seen.append(prompt.codes)
        self.prompts.append(prompt)
        said = [ac.Proposal(code=c, quote=q, why="said") for q, c in SAID.items() if q in prompt.passage]
        return ac.Reply(proposals=tuple(p for p in said if not prompt.codes or p.code in prompt.codes))


Code = Callable[..., tuple[ac.Run, Reader]]


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """Codes texts under a codebook, in the folder of a name: the run, and the reader with what it was asked."""
    (tmp_path / "interviews").mkdir()

    def run(name: str, book: str, texts: dict[str, str], since: str = "") -> tuple[ac.Run, Reader]:
        for id, text in texts.items():
            (tmp_path / "interviews" / f"{id}.txt").write_text(text)
        (tmp_path / "codebook.yaml").write_text(book)
        folder = ac.Run(
            tmp_path / "runs" / name, exclude_speakers=["INT"], since=tmp_path / "runs" / since if since else None
        )
        reader = Reader()
        transcripts = list(ac.read_transcripts(tmp_path / "interviews"))
        codebook = ac.read_codebook(tmp_path / "codebook.yaml")
        return ac.code(transcripts, codebook, coder=reader, run=folder), reader

    return run


def rows(run: ac.Run) -> list[tuple[str, str, str]]:
    with run.table.open(newline="") as file:
        return [(row["transcript"], row["code"], row["run"]) for row in csv.DictReader(file)]


def edited(book: str, old: str, new: str) -> str:
    assert old in book
    return book.replace("version: 2", "version: 3").replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("Something a manager did.", "Something a manager did or said.", ("manager-help", "office-help")),
        ("Money.", "Money for work.", ("pay",)),
        ("Time off.", "Time off work.", ("no-pay", "leave")),
        ("Work that nobody pays.", "Work without pay.", ("no-pay", "leave")),
        ("  - {id: soup,", "  - {id: tea, name: Tea, definition: Tea.}\n  - {id: soup,", ("tea",)),
        ("Food that colleagues bring.}", "Food that colleagues bring., speakers: [P1]}", ("soup",)),
    ],
    ids=["sister in the theme", "alone", "named by another", "names another", "new", "scope"],
)
def test_only_what_an_edit_concerns_is_asked_again(code: Code, old: str, new: str, asked: tuple[str, ...]) -> None:
    first, _ = code("v2", VERSION_2, {"p01": INTERVIEW})
    second, reader = code("v3", edited(VERSION_2, old, new), {"p01": INTERVIEW}, since="v2")
    assert reader.seen == [asked]
    assert [(id, c) for id, c, _ in rows(second)] == [(id, c) for id, c, _ in rows(first)]
    assert {run for _, c, run in rows(second) if c in asked} <= {"v3"}
    assert {run for _, c, run in rows(second) if c not in asked} == {"v2"}


def test_the_prompt_holds_the_whole_codebook_and_the_coding_is_called_mixed(code: Code) -> None:
    code("v2", VERSION_2, {"p01": INTERVIEW})
    run, reader = code("v3", edited(VERSION_2, "Money.", "Money for work."), {"p01": INTERVIEW}, since="v2")
    assert all(f"\n{id}: " in reader.prompts[0].prefix for id in ("manager-help", "leave", "soup"))
    assert run.coding().codebook == "mixed v2+v3"
    assert any("mixed v2+v3: 1 codes are asked again (pay)" in note for note in run.notes)
    summary = ac.summarise(run, ac.read_transcripts(run.path.parents[1] / "interviews"))
    assert summary.codebook == "support mixed v2+v3"
    (coding,) = ac.codings(run.path, ac.read_transcripts(run.path.parents[1] / "interviews"))
    assert coding.codebook == "mixed v2+v3"
    assert len(coding.segments) == 5
    assert coding.missing == ()
    assert set(coding.seen) == set(run.coding().seen)


def test_interviews_that_the_earlier_run_has_not_read_are_asked_for_everything(code: Code) -> None:
    code("v2", VERSION_2, {"p01": INTERVIEW})
    book = edited(VERSION_2, "Money.", "Money for work.")
    run, reader = code("v3", book, {"p01": INTERVIEW, "p02": INTERVIEW.replace("two weeks", "three weeks")}, since="v2")
    assert sorted(reader.seen, key=len) == [("pay",), ("manager-help", "office-help", "pay", "no-pay", "leave", "soup")]
    assert {run for id, _, run in rows(run) if id == "p02"} == {"v3"}
    again, reader = code("v3", book, {}, since="v2")
    assert reader.seen == []
    assert rows(again) == rows(run)


def test_a_text_that_changed_since_is_asked_for_everything_and_nothing_old_is_kept_of_it(code: Code) -> None:
    code("v2", VERSION_2, {"p01": INTERVIEW})
    book = edited(VERSION_2, "Money.", "Money for work.")
    code("v3", book, {}, since="v2")
    changed = INTERVIEW.replace("The office sent a leaflet. ", "") + "P1: That was all.\n"
    run, reader = code("v3", book, {"p01": changed}, since="v2")
    assert [len(codes) for codes in reader.seen] == [6]
    assert {run for _, _, run in rows(run)} == {"v3"}
    assert "office-help" in {c for _, c, _ in rows(run)}


def test_what_cannot_be_gone_on_from_is_refused(code: Code, tmp_path: Path) -> None:
    code("v2", VERSION_2, {"p01": INTERVIEW})
    with pytest.raises(ac.RunError, match="no code has changed since this run"):
        code("v3", VERSION_2.replace("version: 2", "version: 3"), {}, since="v2")
    with pytest.raises(ac.RunError, match="there is no run here"):
        code("v3", edited(VERSION_2, "Money.", "Pay."), {}, since="nothing")
    with pytest.raises(ac.RunError, match="cannot carry over from itself; raise the version"):
        code("v2", edited(VERSION_2, "Money.", "Pay."), {}, since="v2")
    run, _ = code("v3", edited(VERSION_2, "Money.", "Pay."), {}, since="v2")
    with pytest.raises(ac.RunError, match="--since v2, now none"):
        code("v3", edited(VERSION_2, "Money.", "Pay."), {})
    (tmp_path / "runs" / "v2").rename(tmp_path / "runs" / "away")
    with pytest.raises(ac.RunError, match="carries coding over from is not there; put it back"):
        ac.export(run, ac.read_transcripts(tmp_path / "interviews"))


def test_a_run_of_another_model_cannot_be_gone_on_from(code: Code, tmp_path: Path) -> None:
    run, _ = code("v2", VERSION_2, {"p01": INTERVIEW})
    book = ac.read_codebook(tmp_path / "codebook.yaml").model_copy(
        update={"version": 3, "codes": run.info.codebook.codes[1:]}
    )
    other = ac.Run(tmp_path / "runs" / "v3", exclude_speakers=["INT"], since=run.path)
    with pytest.raises(ac.RunError, match="differs in nothing but the codebook can be gone on from: model"):
        ac.code(list(ac.read_transcripts(tmp_path / "interviews")), book, coder=Reader(name="openai/other"), run=other)


def test_a_third_version_carries_over_what_the_second_carried_over(code: Code) -> None:
    code("v2", VERSION_2, {"p01": INTERVIEW})
    third = edited(VERSION_2, "Money.", "Money for work.")
    code("v3", third, {}, since="v2")
    fourth = third.replace("version: 3", "version: 4").replace("Food that colleagues bring.", "Food.")
    run, reader = code("v4", fourth, {}, since="v3")
    assert reader.seen == [("soup",)]
    assert {c: run for _, c, run in rows(run)} == {
        **dict.fromkeys(("manager-help", "office-help", "leave"), "v2"),
        "pay": "v3",
        "soup": "v4",
    }


def test_the_command_names_both_prices_where_a_new_run_is_small(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tmp_path / "study"
    (study / "interviews").mkdir(parents=True)
    (study / "interviews" / "p01.txt").write_text(INTERVIEW)
    (study / "autocode.yaml").write_text("exclude_speakers: [INT]\nsend: {to: cloud, approved_by: Ethics}\n")
    (study / "codebook.yaml").write_text(VERSION_2)
    monkeypatch.setattr(ac.ModelCoder, "ask", lambda self, prompt: ac.Reply())
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    flags = ("run", study, "--model", "openai/gpt-5-mini")
    assert cli(*flags)[0] == 0
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    (study / "codebook.yaml").write_text(edited(VERSION_2, "Money.", "Money for work."))
    status, _, err = cli(*flags, "--since", study / "runs" / "support-v2-openai-gpt-5-mini")
    assert status == 0, err
    assert "1 calls, about 0.00 USD; a whole new run" in err
    info = json.loads((study / "runs" / "support-v3-openai-gpt-5-mini" / "run.json").read_text())
    assert info["since"]["run"] == "../support-v2-openai-gpt-5-mini"
