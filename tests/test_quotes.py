"""`autocode quotes`: what needs a look, side by side, and what people decide about it."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from conftest import Scripted, says

import autocode as ac
from autocode.cli import main

TALK = """\
INT: What helped you?
P1: My manager moved two deadlines, um, for me. I would not recommend the <office> to anyone.
INT: And then?
P1: It cost her 12 evenings. We never spoke of it. That was kind.
"""


@pytest.fixture
def run(read, codebook: ac.Codebook, tmp_path: Path) -> ac.Run:  # type: ignore[no-untyped-def]
    reply = says(
        ("manager-help", "My manager moved two deadlines for me."),
        ("manager-help", "It cost her 20 evenings."),
        ("colleagues", "We always spoke of it."),
        ("office-help", "recommend the <office> to anyone."),
        ("colleagues", "Nobody said a word about soup in here"),
        ("manager-help", "That was kind."),
    )
    transcripts = read(p01=TALK)
    return ac.code(
        transcripts,
        codebook,
        coder=Scripted({"deadlines": reply}),
        run=ac.Run(tmp_path / "runs" / "pilot", exclude_speakers=["INT"]),
    )


def report(run: ac.Run, tmp_path: Path) -> ac.QuoteReport:
    return ac.quote_report(run, ac.read_transcripts(tmp_path / "interviews"))


def test_the_report_counts_and_puts_the_worst_first(run: ac.Run, tmp_path: Path) -> None:
    found = report(run, tmp_path)
    assert found.matches == {"exact": 2, "folded": 0, "altered": 3, "none": 1}
    assert found.reasons == {"filler": 1, "negation": 1, "number": 1, "substitution": 2}
    assert found.cut == 1
    assert [quote.match for quote in found.to_judge] == ["none", "altered", "altered", "altered", "exact"]
    assert [set(quote.reasons) & {"number", "negation"} for quote in found.to_judge[1:3]] == [{"number"}, {"negation"}]


def test_the_differing_words_are_marked(run: ac.Run, tmp_path: Path) -> None:
    (number,) = [quote for quote in report(run, tmp_path).to_judge if "number" in quote.reasons]
    assert [(d.change, d.words) for d in number.diff] == [
        ("kept", "it cost her"),
        ("dropped", "12"),
        ("added", "20"),
        ("kept", "evenings"),
    ]
    assert number.passage == "It cost her 12 evenings."
    assert number.after.startswith(" We never spoke of it.")


def test_a_verdict_is_kept_flagged_and_leaves_the_models_coding_alone(run: ac.Run, tmp_path: Path) -> None:
    before = run.coding()
    ids = {quote.said: quote.id for quote in report(run, tmp_path).to_judge}
    number, cut = ids["It cost her 20 evenings."], ids["recommend the <office> to anyone."]
    assert ac.judge(run, reject=[number], move=[f"{cut}:79-120"], by="Ana", note="wrong number") == 2
    assert ac.judge(run, accept=[number], by="Ben") == 1
    ac.export(run, ac.read_transcripts(tmp_path / "interviews"))
    with (run.path / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "verdict", "start", "end", "by", "at", "note"]
    assert [(row["verdict"], row["start"], row["by"]) for row in rows] == [
        ("reject", "", "Ana"),
        ("move", "79", "Ana"),
        ("accept", "", "Ben"),
    ]
    with run.table.open(encoding="utf-8", newline="") as file:
        flags = {row["id"]: row["flags"] for row in csv.DictReader(file)}
    assert (flags[number], flags[cut]) == ("accepted", "cut;moved")
    assert run.coding() == before
    assert report(run, tmp_path).verdicts == {"accept": 1, "move": 1}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"accept": ["0000000000000000"], "by": "Ana"}, "no quote has the id"),
        ({"move": ["x:9-3"], "by": "Ana"}, "write ID:START-END"),
        ({"accept": ["x"], "by": None}, "say whose with --by NAME"),
    ],
)
def test_a_verdict_that_cannot_be_is_explained(run: ac.Run, wanted: dict[str, object], told: str) -> None:
    with pytest.raises(ac.AutocodeError, match=told):
        ac.judge(run, **wanted)  # type: ignore[arg-type]
    assert not run.verdicts.exists()


def test_the_page_holds_the_words_escaped_and_needs_no_network(run: ac.Run, tmp_path: Path) -> None:
    page = ac.quotes_html(report(run, tmp_path))
    assert "recommend the &lt;office&gt; to anyone" in page
    assert "<office>" not in page
    assert "Internal: this holds words of participants" in page
    assert "<del>12</del>" in page
    assert "<ins>20</ins>" in page
    assert not [word for word in ("http://", "https://", "<script", "url(") if word in page]


def test_the_command_prints_writes_and_decides(
    run: ac.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cli(*args: object) -> str:
        monkeypatch.setattr(sys, "argv", ["autocode", "quotes", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code in (0, None)
        return capsys.readouterr().out

    files = ("--transcripts", tmp_path / "interviews")
    out = cli(run.path, *files, "--html", tmp_path / "q.html", "--csv", tmp_path / "q.csv")
    assert "6 quotes of scripted" in out
    assert "it cost her 20 evenings" in out
    assert (tmp_path / "q.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with (tmp_path / "q.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    found = json.loads(cli(run.path, *files, "--reject", rows[0]["id"], "--by", "Ana", "--json"))
    assert (found["format"], found["verdicts"]) == ("autocode-quotes/1", {"reject": 1})
