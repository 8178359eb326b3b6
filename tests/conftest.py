"""Fixtures that several rooms share: a short invented interview, a small codebook, a coder that follows a script."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings

import autocode as ac
from autocode.cli import main

Cli = Callable[..., tuple[int, str, str]]

# No test is timed: on a busy machine a slow example says nothing about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"

INTERVIEW = """\
INT: What helped you to stay?
P1: My manager sat down with me and moved two deadlines. I know it cost her.
INT: And the office?
P1: The office sent a leaflet. I never read it.
INT: Anything else?
P1: My colleagues brought soup. That was all.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", help="a folder of planted quotes for tests/test_grounding_cases.py")
    parser.addoption("--reference", help="a folder of worked examples for tests/test_agreement_reference.py")


def shared(name: str) -> Path:
    """A folder of real data beside the repository; the test is skipped, saying so, where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the folder shared/{name} is not beside the repository")
    return path


@pytest.fixture(autouse=True)
def _as_wide_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is as wide in every terminal, and in a worker of pytest-xdist, which sets a width of its own."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs the command: the exit code, what it printed, and what it said."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["autocode", *map(str, args)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out, err = capsys.readouterr()
        return code, out, err

    for key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AUTOCODE_API_KEY"):
        monkeypatch.delenv(key, raising=False)
    return run


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[ac.Transcript]]:
    """Transcripts from texts, by way of files: `read(p01="INT: …")`."""

    def write_and_read(**texts: str) -> list[ac.Transcript]:
        folder = tmp_path / "interviews"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        return list(ac.read_transcripts(folder))

    return write_and_read


@pytest.fixture
def transcript(read: Callable[..., list[ac.Transcript]]) -> ac.Transcript:
    return read(p01=INTERVIEW)[0]


@pytest.fixture
def codebook() -> ac.Codebook:
    return ac.Codebook(
        id="support",
        version=2,
        study_question="What helps people stay?",
        codes=(
            ac.Code(id="help", name="Help", definition="Help that reaches the person."),
            ac.Code(
                id="manager-help",
                name="Manager's help",
                parent="help",
                definition="Something a manager did that made work easier.",
                include=("the act is named",),
                exclude=("a wish for help that did not come",),
                examples=(ac.Example(text="she swapped the shift for me", source="p09"),),
                counterexamples=(ac.Counterexample(text="HR wrote to us", use="office-help"),),
                aliases=("boss support",),
            ),
            ac.Code(
                id="office-help", name="Help from the office", parent="help", definition="A measure of the office."
            ),
            ac.Code(id="colleagues", name="Colleagues", parent="help", definition="What colleagues did."),
            ac.Code(id="old", name="Old code", definition="Not asked any more.", status="retired"),
        ),
    )


@dataclass(frozen=True)
class Scripted:
    """A coder that answers from a table: for each passage that holds a key, the replies in turn."""

    replies: Mapping[str, ac.Reply | Iterable[ac.Reply | Exception]]
    name: str = "scripted"
    settings: Mapping[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return {"passage": prompt.passage}

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        self.asked.append(prompt.passage)
        before = self.asked.count(prompt.passage) - 1
        for words, reply in self.replies.items():
            if words in prompt.passage:
                answer = reply if isinstance(reply, ac.Reply) else list(reply)[before]
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return ac.Reply()


def says(*proposals: tuple[str, str] | tuple[str, str, int], outcome: str = "answered") -> ac.Reply:
    """A reply that proposes these (code, quote) pairs, with the number of the part where there is one."""
    return ac.Reply(
        proposals=tuple(
            ac.Proposal(why="because", code=code, quote=quote, part=part[0] if part else None)
            for code, quote, *part in proposals
        ),
        outcome=outcome,  # type: ignore[arg-type]
    )
