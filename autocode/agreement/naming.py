"""What a figure may be called: it depends on who coded, at which stage, and having seen whose work.

The arithmetic is the same for every coding; a model is one more coder. Only the names differ, and these decide them.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocode.data import Coding, PairKind


def saw_nothing(coding: Coding) -> bool:
    """Whether the coder worked without anybody's coding before them. Not declared (blank) counts as nothing."""
    return coding.saw.strip().casefold() in ("", "nothing")


def same_coder(a: Coding, b: Coding) -> bool:
    """Whether two codings are passes of one person, or repeats of one run."""
    return a.kind == b.kind and _person(a) == _person(b) and (a.kind == "human" or a.run == b.run)


def _person(coding: Coding) -> str:
    return coding.person or coding.coder


def pair_kind(a: Coding, b: Coding) -> PairKind:
    """What a figure for two codings may be called; where several names fit, the one that claims least.

    A coder who saw a run or another's coding (at the review stage everybody did) agrees with it in part because they
    saw it: that is acceptance of proposals, called `primed`.
    """
    stages = {a.stage, b.stage}
    if "settled" in stages:
        return "with-settled"
    if "training" in stages:
        return "training"
    if "review" in stages or not (saw_nothing(a) and saw_nothing(b)):
        return "primed"
    if same_coder(a, b):
        return "same-coder"
    if a.kind == b.kind:
        return "human-human" if a.kind == "human" else "model-model"
    return "human-model"


def independent(codings: Sequence[Coding]) -> list[int]:
    """The places of the people who coded independently: each person once, with their first such coding."""
    found: list[int] = []
    for i, coding in enumerate(codings):
        fits = coding.kind == "human" and coding.stage in ("independent", "undeclared") and saw_nothing(coding)
        if fits and not any(same_coder(coding, codings[j]) for j in found):
            found.append(i)
    return found


def independence(codings: Sequence[Coding]) -> str:
    """What stands above a report whose people did not declare that they coded independently; blank where they did.

    A figure of people is called one of independent coders only because nobody said otherwise: that is to be read first.
    """
    people = [codings[i] for i in independent(codings)]
    undeclared = [coding.coder for coding in people if coding.stage == "undeclared"]
    if not undeclared:
        return ""
    who = "" if len(undeclared) == len(people) else f" by {', '.join(undeclared)}"
    return f"independence of the coders: not declared{who}"


def models(codings: Sequence[Coding]) -> list[int]:
    """The places of the models to hold beside the people: repeats and models that saw somebody's coding left out."""
    return [
        i
        for i, coding in enumerate(codings)
        if coding.kind == "model"
        and coding.stage in ("independent", "undeclared")
        and saw_nothing(coding)
        and coding.repeat == 1
    ]


def left_out_notes(codings: Sequence[Coding]) -> list[str]:
    """For each person's coding that is not among the independent ones, a sentence that says why."""
    people = independent(codings)
    notes = []
    for i, coding in enumerate(codings):
        if coding.kind != "human" or i in people:
            continue
        if coding.stage in ("training", "review", "settled"):
            why = f"its stage is {coding.stage}"
        elif not saw_nothing(coding):
            why = f"it was made having seen {coding.saw}"
        else:
            why = "it is another pass of a person who is in them already"
        notes.append(f"{coding.coder}: not in the figures of people who coded independently, because {why}")
    return notes


def verdict(people: float | None, low: float | None, high: float | None) -> str:
    """What the difference between model and people allows to say, in one of five wordings.

    `people` is the people's mean alpha, `low` and `high` the interval of mean person-model minus mean person-person.
    """
    if people is None or low is None or high is None:
        return "cannot tell"
    if high < 0:
        return "people agree, the model does not" if people >= 0.667 else "the model differs more than people do"
    if low >= -0.1:
        return "the model agrees as people do" if people >= 0.667 else "people differ too"
    return "cannot tell"
