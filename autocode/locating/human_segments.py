"""The rows of one human coder -> their coded segments: place, decision, problems and id of each row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from autocode.data import CodedSegment, Decision, Problem, Span, canonical_json, sha256
from autocode.errors import nearest
from autocode.locating.code_names import Codes
from autocode.locating.coverage import Session, Way
from autocode.locating.names import MOST_LISTED
from autocode.locating.placing import NOT_FOUND, TOLD, Placed, place
from autocode.locating.turns import Turns, error
from autocode.reading.coding_rows import Row

_RATING = re.compile(r"[+-]?\d+(?:[.,]\d+)?")

_TOLD = TOLD | {
    "rating": "with a rating and no decision: missing for yes/no, unless --yes-from says which rating is a yes",
    "no code": "without a code, which says: read here and found nothing; their quote, start,end or memo is not used",
    "altered": "whose quote has other words than the transcript: the nearest passage is taken",
    "excluded": "on words of a speaker who is not coded, or not for this code: kept, and no coding",
    "contradicts": "with another decision than an earlier row for the same code and place; the earlier one stays",
}


@dataclass(frozen=True)
class Rules:
    """What decides about a row, the same for all coders."""

    codes: Codes
    scope: Mapping[str, tuple[str, ...]]
    """Whose turns may be coded, for each code; empty or absent: everybody's."""
    excluded: frozenset[str]
    """Speakers whose turns are never coded."""
    yes_from: float | None
    """The rating from which on a row without a decision is a yes; None: it is missing."""


def segments_of(session: Session, turns: Mapping[str, Turns], rules: Rules) -> tuple[list[CodedSegment], list[str]]:
    """The segments of a coder, by transcript, place, code and id, and what a person should know about the rows."""
    found: list[CodedSegment] = []
    tally = Tally()
    for id in sorted(session.rows):  # one transcript after the other: grounding keeps its work on a text
        first: dict[tuple[str, Span], CodedSegment] = {}
        times: Counter[tuple[str, str]] = Counter()
        for row in session.rows[id]:
            if not row.code:
                tally.add(["no code"] if row.quote.strip() or row.start or row.memo else [], row)
                continue
            segment = _segment(row, session.way, turns[id], rules, times, tally)
            if "excluded speaker" in segment.problem:
                tally.add(["excluded"], row)
            if segment.match == "altered":
                tally.add(["altered"], row)
            if segment.span is not None:
                before = first.setdefault((segment.code, segment.span), segment)
                if before is not segment:
                    tally.add(["contradicts"] if before.decision != segment.decision else [], row)
                    segment = segment.model_copy(update={"problem": (*segment.problem, "duplicate")})
            found.append(segment)
    found.sort(key=lambda s: (s.transcript_id, s.span is None, s.span.start if s.span else 0, s.code, s.id))
    return found, [*tally.sentences()]


def _segment(
    row: Row, way: Way, turns: Turns, rules: Rules, times: Counter[tuple[str, str]], tally: Tally
) -> CodedSegment:
    placed = place(row, turns)
    tally.add(placed.told, row)
    code = rules.codes.ids[row.code]
    rating = rating_of(row)
    if rating is not None and not row.decision and rules.yes_from is None:
        tally.add(["rating"], row)
    id = turns.transcript.id
    where = row.quote if row.quote.strip() else f"{row.start}-{row.end}" if row.start else row.turn
    nth = times[code, where]
    times[code, where] += 1
    return CodedSegment(
        id=sha256(canonical_json([way.coder, way.pass_, id, code, where, nth]))[:16],
        transcript_id=id,
        code=code,
        span=placed.span,
        match=placed.match,
        problem=tuple(_problems(placed, code, turns, rules)),
        said=placed.said,
        memo="; ".join(filter(None, (rules.codes.memos.get(row.code), row.memo))),
        rating=rating,
        decision=decision_of(row, rating, rules.yes_from),
    )


def rating_of(row: Row) -> float | None:
    """The rating in a row, or None. Raises InputError for one that is no number."""
    if not row.rating:
        return None
    if not _RATING.fullmatch(row.rating):
        raise error(row, f'"{row.rating}" is no rating; write a number, or leave the cell blank')
    return float(row.rating.replace(",", "."))


def decision_of(row: Row, rating: float | None, yes_from: float | None) -> Decision:
    """What a row decides. Raises InputError for a decision that is none."""
    if row.decision:
        written = row.decision.casefold()
        if written not in get_args(Decision):
            known = ", ".join(get_args(Decision))
            raise error(
                row, f'"{row.decision}" is no decision (those are {known}){nearest(written, get_args(Decision))}'
            )
        return cast(Decision, written)
    if rating is None:
        return "yes"
    return "missing" if yes_from is None else "yes" if rating >= yes_from else "no"


def _problems(placed: Placed, code: str, turns: Turns, rules: Rules) -> Iterator[Problem]:
    """What is the matter with a row, in the order of the contract; `duplicate` comes when all are placed."""
    if code in rules.codes.gone:
        yield "unknown code"
    if placed.match == "none":
        yield "quote not found"
    if placed.match == "altered":
        yield "quote altered"
    if placed.span is not None and not turns.may_be_coded(
        placed.span, exclude_speakers=rules.excluded, speakers=rules.scope.get(code, ())
    ):
        yield "excluded speaker"
    if placed.ambiguous:
        yield "ambiguous"


@dataclass
class Tally:
    """How many rows there are of each kind a person should know of, and where the first stands."""

    count: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """The first of them; those of quotes that are not found up to ten."""

    def add(self, kinds: Iterable[str], row: Row) -> None:
        """Count a row under these kinds."""
        for kind in kinds:
            self.count[kind] += 1
            if len(self.rows[kind]) < (MOST_LISTED if kind in NOT_FOUND else 1):
                self.rows[kind].append(row)

    def sentences(self) -> Iterator[str]:
        """One sentence for each kind, with the number of rows and the first of them, or where a quote is lost all."""
        for kind, what in _TOLD.items():
            if n := self.count[kind]:
                row, *others = self.rows[kind]
                listed = kind in NOT_FOUND and n > 1
                first = "at" if n == 1 or listed else "the first at"
                places = "".join(
                    f", {':' if each.path == row.path else f'{each.path}:'}{each.line}" for each in others if listed
                )
                more = f" and {n - 1 - len(others)} more" if listed and n > 1 + len(others) else ""
                yield f"{n} row{'s' * (n > 1)} {what} ({first} {row.path}:{row.line}{places}{more})"
