"""Quotes with planted truth: where each stands is known from how it was made, not from an aligner.

    pytest tests/test_grounding_cases.py --cases DIR     # any folder of cases.jsonl and transcripts/
    pytest tests/test_grounding_cases.py -s              # prints the score per kind

The rule by which a case is right stands in tests/data/quotes/README.md.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import autocode as ac


@dataclass(frozen=True)
class Scored:
    """A case with what was found."""

    case: dict[str, Any]
    found: ac.Grounding

    @property
    def expected(self) -> dict[str, Any]:
        return self.case["expected"]

    @property
    def right_class(self) -> bool:
        return self.found.match in self.expected["accept"]

    @property
    def right(self) -> bool:
        """Class and span, each end within the tolerance."""
        start, end = self.expected.get("start"), self.expected.get("end")
        if not self.right_class or start is None or self.found.span is None:
            return self.right_class
        tolerance = self.expected.get("tolerance") or 0
        span = self.found.span
        return abs(span.start - start) <= tolerance and abs(span.end - end) <= tolerance


@pytest.fixture(scope="module")
def scored(request: pytest.FixtureRequest) -> list[Scored]:
    folder = Path(request.config.getoption("--cases") or Path(__file__).parent / "data" / "quotes")
    return list(score(folder))


def score(folder: Path) -> Iterator[Scored]:
    texts = {path.name: path.read_bytes().decode("utf-8") for path in (folder / "transcripts").iterdir()}
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        within = ac.Span(*case["within"])
        yield Scored(case, ac.ground(case["quote"], texts[case["transcript"]], within=within))


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def test_the_score_per_kind_is_printed(scored: list[Scored]) -> None:
    cases, right = Counter(s.case["kind"] for s in scored), Counter(s.case["kind"] for s in scored if s.right)
    for kind in cases:
        print(f"{kind:28} {right[kind]:3} of {cases[kind]:3}")
    print(f"{'all':28} {right.total():3} of {cases.total():3}")
    assert cases.total() > 0


def test_no_changed_word_is_ever_called_verbatim(scored: list[Scored]) -> None:
    verbatim = {"exact", "folded"}
    assert [s.case["id"] for s in scored if s.found.match in verbatim and not verbatim & {*s.expected["accept"]}] == []


def test_every_exact_and_folded_quote_is_found_as_such_in_its_place(scored: list[Scored]) -> None:
    assert [s.case["id"] for s in scored if s.expected["match"] in ("exact", "folded") and not s.right] == []


def test_at_most_one_in_a_hundred_quotes_that_are_there_is_lost(scored: list[Scored]) -> None:
    there = [s for s in scored if "none" not in s.expected["accept"]]
    assert share(sum(s.found.match == "none" for s in there), len(there)) <= 0.01


def test_at_most_two_in_a_hundred_quotes_that_nobody_said_are_located(scored: list[Scored]) -> None:
    nowhere = [s for s in scored if s.expected["accept"] == ["none"]]
    assert share(sum(s.found.match != "none" for s in nowhere), len(nowhere)) <= 0.02


def test_class_and_span_are_right_in_every_language(scored: list[Scored]) -> None:
    assert share(sum(s.right_class for s in scored), len(scored)) >= 0.99
    assert share(sum(s.right for s in scored), len(scored)) >= 0.98
    for language in {s.case["lang"] for s in scored}:
        theirs = [s for s in scored if s.case["lang"] == language]
        assert share(sum(s.right for s in theirs), len(theirs)) >= 0.94, language


def test_doubt_is_told_where_there_is_cause_and_only_there(scored: list[Scored]) -> None:
    assert [s.case["id"] for s in scored if s.found.ambiguous != bool(s.expected.get("ambiguous"))] == []
    missed = [s.case["id"] for s in scored if s.expected.get("outside") and not s.found.outside]
    without_cause = sum(s.found.outside for s in scored if not s.expected.get("outside"))
    assert missed == []
    assert share(without_cause, len(scored)) <= 0.01
