"""Where quotes are found, and how they are classed, against planted truth; beside other aligners on the same quotes.

    python eval/quality/quotes.py [--cases DIR] [--seeds 1 2 3] [--peers] [--venvs DIR] [--wrong]

Scores the shipped cases (or any folder of that form) and unseen sets made by planted_quotes.py, one for each seed.
The score is that of tests/test_grounding_cases.py, and as the README of the cases has it: a joined quote that is called
`altered` has to touch one of the sentences it was joined from. For tools that know no classes, our own equality check
judges the text that they located. Times are processor seconds, indexing all the transcripts of a set
included; eval/speed/grounding.py measures against the bars.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers.running import answers, installed
from planted.making import KINDS
from planted_quotes import write

import autocode as ac

SHIPPED = Path(__file__).resolve().parents[2] / "tests" / "data" / "quotes"
BEYOND = {name for name, kind in KINDS.items() if kind.beyond}
VERBATIM = {"exact", "folded"}


@dataclass(frozen=True)
class Answer:
    """What a tool said of a quote."""

    match: str
    span: tuple[int, int] | None
    seconds: float
    ambiguous: bool | None = None
    """None where the tool cannot tell."""
    outside: bool | None = None


@dataclass(frozen=True)
class Scored:
    """A case and an answer to it."""

    case: dict[str, Any]
    answer: Answer

    @property
    def accept(self) -> set[str]:
        return set(self.case["expected"]["accept"])

    @property
    def right_class(self) -> bool:
        return self.answer.match in self.accept

    @property
    def right(self) -> bool:
        """Class and span: each end within the tolerance, or one of a joined quote's parts touched."""
        expected, span = self.case["expected"], self.answer.span
        if not self.right_class or span is None:
            return self.right_class
        if expected.get("parts"):
            return any(span[0] < end and start < span[1] for start, end in expected["parts"])
        if expected.get("start") is None:
            return True
        tolerance = expected.get("tolerance") or 0
        return max(abs(span[0] - int(expected["start"])), abs(span[1] - int(expected["end"]))) <= int(tolerance)

    @property
    def flags_right(self) -> bool:
        """Whether ambiguous and outside are told where there is cause, and only there."""
        expected, told = self.case["expected"], self.answer
        return told.ambiguous == bool(expected.get("ambiguous")) and told.outside == bool(expected.get("outside"))


class Set:
    """A folder of cases."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        lines = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
        self.cases = [json.loads(line) for line in lines]
        self.texts = {path.name: path.read_bytes().decode("utf-8") for path in (folder / "transcripts").iterdir()}


def ours(cases: Set) -> list[Scored]:
    """What autocode says."""
    found = []
    for case in cases.cases:
        started = time.process_time()
        told = ac.ground(case["quote"], cases.texts[case["transcript"]], within=ac.Span(*case["within"]))
        seconds = time.process_time() - started
        span = (told.span.start, told.span.end) if told.span else None
        found.append(Scored(case, Answer(told.match, span, seconds, told.ambiguous, told.outside)))
    return found


def theirs(cases: Set, name: str, python: Path) -> list[Scored]:
    """What a peer says, with the class that our equality check gives to the text it located."""
    found = []
    for case, told in zip(cases.cases, answers(name, python, cases.folder), strict=True):
        span = None if told["start"] is None else (told["start"], told["end"])
        match = judged(case["quote"], cases.texts[case["transcript"]], span) if span else "none"
        found.append(Scored(case, Answer(match, span, told["seconds"])))
    return found


def judged(quote: str, text: str, located: tuple[int, int]) -> str:
    """The class of a located stretch of text: the quote stands in it, or stands in it but for typography, or not."""
    told = ac.ground(quote, text, within=ac.Span(*located))
    return told.match if told.match in VERBATIM and not told.outside else "altered"


@dataclass(frozen=True)
class Figures:
    """A tool on some cases."""

    cases: int
    right_class: int
    right: int
    false_verbatim: int
    verbatim_wrong: int
    """Of the kinds exact and folded: class or span wrong."""
    lost: int
    there: int
    invented: int
    nowhere: int
    ambiguous_wrong: int
    outside_missed: int
    outside_without_cause: int
    seconds: float


def figures(scored: Sequence[Scored]) -> Figures:
    def count(claims: Iterable[bool]) -> int:
        return sum(claims)

    there = [s for s in scored if "none" not in s.accept]
    nowhere = [s for s in scored if s.accept == {"none"}]
    is_outside = [s for s in scored if s.case["expected"].get("outside")]
    return Figures(
        cases=len(scored),
        right_class=count(s.right_class for s in scored),
        right=count(s.right for s in scored),
        false_verbatim=count(s.answer.match in VERBATIM and not VERBATIM & s.accept for s in scored),
        verbatim_wrong=count(s.accept <= VERBATIM and not s.right for s in scored),
        lost=count(s.answer.match == "none" for s in there),
        there=len(there),
        invented=count(s.answer.match != "none" for s in nowhere),
        nowhere=len(nowhere),
        ambiguous_wrong=count(bool(s.answer.ambiguous) != bool(s.case["expected"].get("ambiguous")) for s in scored),
        outside_missed=count(not s.answer.outside for s in is_outside),
        outside_without_cause=count(bool(s.answer.outside) for s in scored if s not in is_outside),
        seconds=sum(s.answer.seconds for s in scored),
    )


def of_all(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


HEAD = (
    f"{'set':11} {'tool':23} {'cases':>5} {'class %':>8} {'both %':>7} {'false-verbatim':>14} "
    f"{'lost':>12} {'invented':>12} {'s / 1,000':>10}"
)


def line(name: str, tool: str, f: Figures) -> str:
    lost = f"{f.lost} ({of_all(f.lost, f.there):.1f} %)"
    invented = f"{f.invented} ({of_all(f.invented, f.nowhere):.1f} %)"
    return (
        f"{name:11} {tool:23} {f.cases:5} {of_all(f.right_class, f.cases):8.1f} {of_all(f.right, f.cases):7.1f} "
        f"{f.false_verbatim:14} {lost:>12} {invented:>12} {1000 * f.seconds / max(1, f.cases):10.2f}"
    )


def demands(f: Figures, weakest: float) -> list[tuple[str, str, bool]]:
    """What is asked of the grounder, what it reaches, and whether that is enough."""
    n = f.cases
    return [
        ("false-verbatim 0", f"{f.false_verbatim}", f.false_verbatim == 0),
        ("exact and folded: all right", f"{f.verbatim_wrong} wrong", f.verbatim_wrong == 0),
        ("lost <= 1 %", f"{of_all(f.lost, f.there):.2f} %", of_all(f.lost, f.there) <= 1),
        ("invented-located <= 2 %", f"{of_all(f.invented, f.nowhere):.2f} %", of_all(f.invented, f.nowhere) <= 2),
        ("class >= 99 %", f"{of_all(f.right_class, n):.2f} %", of_all(f.right_class, n) >= 99),
        ("class and span >= 98 %", f"{of_all(f.right, n):.2f} %", of_all(f.right, n) >= 98),
        ("no language under 94 %", f"{weakest:.2f} %", weakest >= 94),
        ("ambiguous told, and only then", f"{f.ambiguous_wrong} wrong", f.ambiguous_wrong == 0),
        ("outside told", f"{f.outside_missed} missed", f.outside_missed == 0),
        ("outside without cause <= 1 %", f"{of_all(f.outside_without_cause, n):.2f} %",
         of_all(f.outside_without_cause, n) <= 1),
    ]  # fmt: skip


def grouped(scored: Sequence[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    groups: dict[str, list[Scored]] = {}
    for each in scored:
        groups.setdefault(key(each), []).append(each)
    return groups


def print_ours(name: str, scored: Sequence[Scored]) -> None:
    """autocode's figures against what is asked, by language, and the kinds that are not at 100 %."""
    inside = [s for s in scored if s.case["kind"] not in BEYOND]
    by_language = {language: figures(each) for language, each in grouped(inside, lambda s: s.case["lang"]).items()}
    weakest = min(of_all(f.right, f.cases) for f in by_language.values())
    print(f"\nautocode on {name}: {len(inside)} quotes")
    for asked, reached, met in demands(figures(inside), weakest):
        print(f"  {'met   ' if met else 'MISSED'} {asked:32} {reached}")
    for language, f in by_language.items():
        print(f"  {language}: class {of_all(f.right_class, f.cases):5.1f} %, both {of_all(f.right, f.cases):5.1f} %,"
              f" lost {f.lost}, invented-located {f.invented}, of {f.cases}")  # fmt: skip
    beyond = figures([s for s in scored if s.case["kind"] in BEYOND])
    if beyond.cases:
        told = f"false-verbatim {beyond.false_verbatim}, class {beyond.right_class}, both {beyond.right}"
        print(f"  beyond the README: {told}, of {beyond.cases}")
    for kind, each in grouped(scored, lambda s: s.case["kind"]).items():
        right = sum(s.right for s in each)
        if right < len(each) or kind in BEYOND:
            wrong = Counter(s.case["lang"] for s in each if not s.right)
            told = ", wrong in " + " ".join(f"{language} {n}" for language, n in wrong.items()) if wrong else ""
            print(f"  {kind}{' (beyond the README)' if kind in BEYOND else ''}: {right} of {len(each)}{told}")


def print_wrong(scored: Sequence[Scored], texts: dict[str, str]) -> None:
    """Each case that autocode gets wrong."""
    for s in scored:
        if s.right and (s.flags_right or s.case["expected"].get("parts")):
            continue
        expected, told, text = s.case["expected"], s.answer, texts[s.case["transcript"]]
        print(f"\n{s.case['id']} {s.case['kind']} {s.case['lang']}")
        print(f"  quote    {s.case['quote']!r}")
        place = expected.get("start")
        planted = repr(text[place : expected["end"]]) if place is not None else expected.get("parts", "")
        flags = [flag for flag in ("ambiguous", "outside") if expected.get(flag)]
        print(f"  expected {' or '.join(expected['accept'])} {place}-{expected.get('end')} {' '.join(flags)} {planted}")
        flags = [flag for flag in ("ambiguous", "outside") if getattr(told, flag)]
        shown = repr(text[slice(*told.span)]) if told.span else ""
        print(f"  came     {told.match} {told.span or ''} {' '.join(flags)} {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=SHIPPED, help="a folder of cases.jsonl and transcripts/")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3], help="unseen sets (default 1 2 3)")
    parser.add_argument("--peers", action="store_true", help="the other aligners too (langextract takes minutes a set)")
    parser.add_argument("--venvs", type=Path, help="where the peers are installed (default: a temporary folder)")
    parser.add_argument("--wrong", action="store_true", help="print each case that autocode gets wrong")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sets = [Set("shipped", given.cases)] if (given.cases / "cases.jsonl").is_file() else []
        if not sets:
            print(f"{given.cases}: no cases.jsonl there; the shipped cases are left out")
        for seed in given.seeds:
            write(Path(scratch) / str(seed), seed, beyond=True)
            sets.append(Set(f"seed {seed}", Path(scratch) / str(seed)))
        pythons = installed((given.venvs or Path(scratch) / "venvs").resolve()) if given.peers else {}
        print(HEAD)
        scored: dict[str, list[Scored]] = {}
        for each in sets:
            scored[each.name] = ours(each)
            print(line(each.name, "autocode", figures([s for s in scored[each.name] if s.case["kind"] not in BEYOND])))
            for tool, python in pythons.items():
                of_peer = [s for s in theirs(each, tool, python) if s.case["kind"] not in BEYOND]
                print(line(each.name, tool, figures(of_peer)), flush=True)
        for each in sets:
            print_ours(each.name, scored[each.name])
            if given.wrong:
                print_wrong(scored[each.name], each.texts)


if __name__ == "__main__":
    main()
