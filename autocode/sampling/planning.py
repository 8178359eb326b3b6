"""What coding so many passages will be worth, code by code, before anybody codes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, lgamma
from statistics import median
from typing import TYPE_CHECKING, Literal

from autocode.agreement.measuring import FEWEST_TRANSCRIPTS, FEWEST_UNITS
from autocode.agreement.naming import independent, models
from autocode.agreement.pooling import FEWEST_INTERVIEWS
from autocode.codebook import asked, speakers_of
from autocode.data import Code, Codebook, Coding, Data
from autocode.errors import InputError
from autocode.sampling.expecting import expected_width, habits
from autocode.sampling.seen import DICC, ICC, seen_so_far

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

ALPHA = 0.7
"""What is reckoned with where nothing is known yet."""

PlanStatus = Literal["ok", "too rare", "too few interviews"]


class CodePlan(Data):
    """What is expected for one code."""

    code: str
    name: str
    prevalence: float | None
    """The share of passages that a coder marks (0-1), as seen so far or as given."""
    n_seen: int
    """Passages that this share rests on; 0: it was given."""
    alpha: float
    """The alpha that is reckoned with."""
    alpha_assumed: bool
    """Whether it is an assumption, since too little has been coded by two people."""
    icc: float
    """How far interviews differ in how common the code is (0-1)."""
    icc_assumed: bool
    spread: float = 1.0
    """By how much the interval found so far is wider than reckoned from the rest; 1 where it is not known."""
    passages: int
    """Of those to be coded, the ones the code can be on."""
    expected_yes: float | None
    """On how many of them at least one coder will mark it."""
    width: float | None = None
    """Of the 95 % interval of alpha, in half of such studies."""
    width_after_one_more_hour: float | None = None
    passages_needed: int | None = None
    """So many passages in all, and it is no longer too rare."""
    status: PlanStatus = "ok"
    reason: str = ""

    def line(self, wide: int) -> str:
        """The code as a line of a table."""
        share = "-" if self.prevalence is None else f"{self.prevalence:.1%}"
        yes = "-" if self.expected_yes is None else f"{self.expected_yes:.0f}"
        alpha = f"({self.alpha:.2f})" if self.alpha_assumed else f"{self.alpha:.2f} "
        width, later = (_number(value) for value in (self.width, self.width_after_one_more_hour))
        line = f"{self.code:{wide}}  {share:>12}  {alpha:>6} {yes:>12}  {width:>5}  {later:>13}"
        return line if self.status == "ok" else f"{line}  {self.status}: {self.reason}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


class SamplePlan(Data):
    """What coding so many passages will be worth."""

    format: Literal["autocode-sample-plan/1"] = "autocode-sample-plan/1"
    coders: int
    passages: int
    """In all; every coder codes all of them."""
    more_passages: int
    """What a coder does in one more hour."""
    minutes_a_passage: float
    hours: float
    """Of each coder."""
    transcripts: int
    n_codable: int
    source: str
    """Whose coding the prevalence comes from, in words."""
    dicc: float
    codes: tuple[CodePlan, ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The plan as a table of text, a code a line, and what it comes to."""
        wide = max((len(code.code) for code in self.codes), default=4)
        head = f"{'code':{wide}}  share of yes  alpha  expected yes  width  one hour more"
        return [head, *(code.line(wide) for code in self.codes), "", *self.sentences()]

    def sentences(self) -> list[str]:
        """What the plan comes to, in a few lines."""
        wide = [code for code in self.codes if code.width is not None]
        lines = [
            f"{self.coders} coders, {self.passages} passages each in blocks over {self.transcripts} interviews: "
            f"{self.hours:.1f} hours of each coder at {self.minutes_a_passage:g} "
            f"minute{'' if self.minutes_a_passage == 1 else 's'} a passage"
        ]
        if any(code.alpha_assumed for code in self.codes):
            lines.append("alpha in brackets: assumed, since two people have coded too little of it to say")
        if wide:
            now = median(code.width for code in wide if code.width is not None)
            lines.append(f"interval of alpha: median width {now:.2f} over {len(wide)} codes")
        later = [c for c in wide if c.width_after_one_more_hour is not None]
        if later:
            then = median(c.width_after_one_more_hour for c in later if c.width_after_one_more_hour is not None)
            saved = [code.code for code in self.codes if _saved(code, self)]
            lines.append(
                f"one more hour of each coder ({self.more_passages} passages): median width {then:.2f}"
                + (f"; no longer too rare: {', '.join(saved)}" if saved else "")
            )
        elif wide:
            lines.append("one more hour buys nothing: all passages are coded by then")
        rare = [code for code in self.codes if code.status == "too rare"]
        stay = [code.code for code in rare if code.passages_needed is None or code.passages_needed > self.n_codable]
        if len(stay) < len(rare):
            lines.append(f"too rare with so many passages: {', '.join(c.code for c in rare if c.code not in stay)}")
        if stay:
            lines.append(f"too rare in all {self.n_codable} passages there are; read them all: {', '.join(stay)}")
        return lines


def _saved(code: CodePlan, plan: SamplePlan) -> bool:
    return (
        code.passages_needed is not None and plan.passages < code.passages_needed <= plan.passages + plan.more_passages
    )


def plan(
    units: DataFrame,
    codings: Sequence[Coding],
    codebook: Codebook,
    *,
    coders: int,
    passages: int,
    prevalence: float | None = None,
    alpha: float = ALPHA,
    minutes_a_passage: float = 1.0,
) -> SamplePlan:
    """How wide the interval of each code's alpha will be when so many coders code so many passages in blocks.

    `units` is the table that `units()` makes of the transcripts and what was coded so far. How common a code is comes
    from the people who coded independently, else from models, else it is `prevalence` (0-1). Where two people have
    coded enough, their alpha is reckoned with, else `alpha`.

    Raises InputError where nothing is coded and no prevalence given.
    """
    _check(coders, passages, prevalence, alpha, minutes_a_passage)
    who, source = _who(codings, prevalence)
    n_codable = len(units)
    more = min(ceil(60 / minutes_a_passage), max(0, n_codable - passages))
    enough = min(passages, n_codable)
    study = _Study(units, codebook, who, coders, prevalence, alpha)
    notes = (
        [] if passages <= n_codable else [f"there are only {n_codable} passages that may be coded; reckoned with them"]
    )
    notes.append(
        f"assumed, till coding shows otherwise: interviews differ in how much a coder sees (dicc {DICC:g}), "
        "and coders miss as much as they add"
    )
    return SamplePlan(
        coders=coders,
        passages=enough,
        more_passages=more,
        minutes_a_passage=minutes_a_passage,
        hours=enough * minutes_a_passage / 60,
        transcripts=study.n_transcripts,
        n_codable=n_codable,
        source=source,
        dicc=DICC,
        codes=tuple(study.code(code, enough, more) for code in asked(codebook)),
        notes=tuple(notes),
    )


def _check(coders: int, passages: int, prevalence: float | None, alpha: float, minutes: float) -> None:
    if coders < 2:
        raise InputError("agreement needs two coders at least; give --coders 2 or more")
    if passages < 1 or minutes <= 0:
        raise InputError("passages and minutes are numbers over 0")
    if prevalence is not None and not 0 < prevalence < 1:
        raise InputError("a prevalence is a share between 0 and 1, such as 0.05 for one passage in twenty")
    if not 0 <= alpha <= 1:
        raise InputError("the alpha reckoned with lies between 0 and 1")


def _who(codings: Sequence[Coding], prevalence: float | None) -> tuple[list[str], str]:
    """Whose decisions say how common a code is, and that in words."""
    people = [codings[i].coder for i in independent(codings)]
    if people:
        return people, f"seen so far by {', '.join(people)}"
    asked_models = [codings[i].coder for i in models(codings) if not codings[i].baseline]
    if asked_models:
        return asked_models[:1], f"seen so far by {asked_models[0]}, a model"
    if prevalence is None:
        raise InputError("nobody has coded anything yet; say how common a code may be, such as --prevalence 0.05")
    return [], "given"


@dataclass(frozen=True)
class _Study:
    units: DataFrame
    codebook: Codebook
    who: Sequence[str]
    coders: int
    prevalence: float | None
    alpha: float

    @property
    def clusters(self) -> Ints:
        import numpy as np
        import pandas as pd

        return np.asarray(pd.factorize(self.units["cluster"])[0], dtype=np.int64)

    @property
    def n_transcripts(self) -> int:
        """Interviews; those of one participant are one."""
        return int(self.units["cluster"].nunique())

    def code(self, code: Code, passages: int, more: int) -> CodePlan:
        """What is expected for a code."""
        can = self._can_be_on(code)
        share = float(can.mean()) if len(can) else 0.0
        n_transcripts = len(set(self.clusters[can].tolist()))
        seen = seen_so_far(self._values(code)[can], self.clusters[can])
        rate = seen.rate if seen.n else self.prevalence
        alpha = self.alpha if seen.alpha is None else max(0.0, seen.alpha)
        plan = CodePlan(
            code=code.id,
            name=code.name,
            prevalence=rate,
            n_seen=seen.n,
            alpha=alpha,
            alpha_assumed=seen.alpha is None,
            icc=ICC,
            icc_assumed=True,
            passages=round(passages * share),
            expected_yes=None,
        )
        if not rate or rate >= 1:
            bound = f"; it is on at most 1 passage in {max(1, seen.n // 3)}" if seen.n and not rate else ""
            why = f"{'nobody' if not rate else 'everybody'} marked it on the {seen.n} passages coded so far{bound}"
            return plan.model_copy(update={"status": "too rare", "reason": why})
        here = _Expected(
            rate, alpha, self.coders, n_transcripts, share, seen.icc(rate, alpha), seen.spread(rate, alpha)
        )
        return plan.model_copy(update=here.found(passages, more) | {"icc_assumed": seen.between is None})

    def _can_be_on(self, code: Code) -> Bools:
        import numpy as np

        scope = speakers_of(self.codebook, code)
        speakers = self.units["speaker"]
        return np.array([not scope or bool(set(label.split(";")) & set(scope)) for label in speakers], dtype=bool)

    def _values(self, code: Code) -> Ints:
        import numpy as np

        if not self.who:
            return np.full((len(self.units), 1), -1, dtype=np.int8)
        return np.stack([self.units[name, code.id].to_numpy(dtype=np.int8) for name in self.who], axis=1)


@dataclass(frozen=True)
class _Expected:
    rate: float
    alpha: float
    coders: int
    transcripts: int
    share: float
    """Of all passages, those the code can be on."""
    icc: float
    spread: float

    def found(self, passages: int, more: int) -> dict[str, object]:
        """What is expected of so many passages, and of some more, as fields of a plan."""
        marked = habits(self.rate, self.alpha).share_marked(self.coders)
        yes = marked * passages * self.share
        found: dict[str, object] = {"icc": self.icc, "spread": self.spread, "expected_yes": yes}
        if yes < FEWEST_UNITS or round(self._interviews_with(marked, passages)) < FEWEST_TRANSCRIPTS:
            needed: int | None = ceil(FEWEST_UNITS / (marked * self.share))
            why = f"expected on {yes:.1f}; about {needed} passages are needed for {FEWEST_UNITS}"
            if yes >= FEWEST_UNITS:
                why, needed = f"expected in under {FEWEST_TRANSCRIPTS} interviews", None
            return found | {"status": "too rare", "reason": why, "passages_needed": needed}
        if self.transcripts < FEWEST_INTERVIEWS:
            return found | {"status": "too few interviews", "reason": f"under {FEWEST_INTERVIEWS}: no interval"}
        later = self._width(passages + more) if more else None
        return found | {"width": self._width(passages), "width_after_one_more_hour": later}

    def _width(self, passages: int) -> float | None:
        each = passages * self.share / self.transcripts
        width = expected_width(
            self.rate,
            self.alpha,
            coders=self.coders,
            transcripts=self.transcripts,
            passages=each,
            icc=self.icc,
            dicc=DICC,
        )
        return None if width is None else width * self.spread

    def _interviews_with(self, marked: float, passages: int) -> float:
        """In how many interviews somebody will mark it: beta-binomial chance that nobody does, one interview after
        another."""
        n = passages * self.share / self.transcripts
        if self.icc <= 0:
            return float(self.transcripts * (1 - (1 - marked) ** n))
        size = 1 / self.icc - 1
        a, b = marked * size, (1 - marked) * size
        none = exp(lgamma(b + n) - lgamma(b) + lgamma(a + b) - lgamma(a + b + n))
        return self.transcripts * (1 - none)
