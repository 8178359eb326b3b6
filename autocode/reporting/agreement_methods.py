"""The words of a methods section: what is recorded, what was declared, and what only the researchers can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from autocode.agreement.naming import saw_nothing
from autocode.agreement.pooling import summary
from autocode.data import CoderInfo, Coding
from autocode.reporting.agreement_words import model_name, spread_words, version_words
from autocode.reporting.basis import Basis
from autocode.reporting.report_parts import Words, counted, listed

_ON_UNITS = {
    "turn": "a passage counts for every turn of which it covers half, and for every turn that holds half of it",
    "sentence": "a passage counts for every sentence of which it covers half, and for every one that holds half of it",
    "transcript": "a code anywhere in an interview counts for the whole of it",
}


def sentence(basis: Basis, units: Mapping[str, int]) -> str:
    """What was compared and by what rule, in one sentence."""
    agreement = basis.agreement
    inside = sum(bool(n) for n in units.values())
    where = counted(sum(units.values()), agreement.unit)
    if agreement.unit != "transcript":
        where += f" of {counted(inside, 'interview')}"
    without = f" ({listed(list(basis.exclude_speakers))} not coded)" if basis.exclude_speakers else ""
    return (
        f"{_who(basis)} were compared on {where}{without}, code by code: {_ON_UNITS[agreement.unit]}; a "
        f"{agreement.unit} that a coder read and did not mark is a no, and one they did not read counts for nothing."
    )


def _who(basis: Basis) -> str:
    """The coders by kind: people, what was settled between them, models and the baseline.

    A run that was asked several times is one model, and what was settled is nobody beside the people.
    """
    again = {coding.coder: coding.run for coding in basis.codings if coding.repeat > 1}
    times = Counter(again.values())
    run_of = {coding.coder: coding.run for coding in basis.codings}
    names: dict[str, list[str]] = {}
    for coder in basis.agreement.coders:
        if coder.name not in again:
            kind = "person" if coder.kind == "human" else "baseline" if coder.baseline else "model"
            n = 1 + times[run_of.get(coder.name, "")]
            name = f"{coder.name} asked {n} times" if n > 1 else coder.name
            names.setdefault("settled" if _is_settled(coder) else kind, []).append(name)
    return listed([_kind_words(kind, who) for kind, who in names.items()])


def _kind_words(kind: str, who: Sequence[str]) -> str:
    if kind == "settled":
        return "what was settled between them"
    if kind == "baseline":
        return f"the baseline ({listed(who)}, no language model)"
    return f"{counted(len(who), kind, 'people' if kind == 'person' else 'models')} ({listed(who, most=12)})"


def _is_settled(coder: Coding | CoderInfo) -> bool:
    """Whether this is settled.csv, which is written from people's coding and decisions."""
    name = coder.coder if isinstance(coder, Coding) else coder.name
    return coder.stage == "settled" and name == "settled"


def methods(basis: Basis, units: Mapping[str, int]) -> list[list[Words]]:
    """Paragraphs for a methods section. Open words are those that no file can answer."""
    if basis.approach == "reflexive":
        return [_coders(basis, units), _reflexive()]
    return [_coders(basis, units), _measure(basis), _results(basis)]


def _recorded(text: str) -> Words:
    return Words(kind="recorded", text=text)


def _open(text: str) -> Words:
    return Words(kind="open", text=text)


def _coders(basis: Basis, units: Mapping[str, int]) -> list[Words]:
    """Who coded what with which codebook, how independently, and what has to be told of them."""
    versions = list(dict.fromkeys(version_words(c.codebook) for c in basis.codings if c.codebook))
    inside = sum(bool(n) for n in units.values())
    found = [
        _recorded(
            f"{_who(basis)} coded with the codebook {basis.codebook.id}{', ' * bool(versions)}{listed(versions)}; "
            f"{counted(inside, 'interview was', 'interviews were')} read by two coders or more."
        )
    ]
    if not versions:
        found.append(_open("which version of the codebook they worked with"))
    people = [coding for coding in basis.codings if coding.kind == "human" and not _is_settled(coding)]
    found += _declared(people)
    if any(map(_is_settled, basis.codings)):
        found.append(_recorded("What is called settled was written from what people agreed on, decided and reviewed."))
    silent = [c.coder for c in people if c.stage == "undeclared" or not c.saw]
    if silent:
        found.append(_open(f"whether {listed(silent, most=6)} coded independently, and what they had seen"))
    if people:
        found.append(_open("who the coders are, how they were trained, and how they stand to the people interviewed"))
    for name, info in sorted(basis.runs.items()):
        what = "The baseline, which is no language model," if info.baseline else f"The model {info.model}"
        found.append(
            _recorded(
                f"{what} coded under {version_words(info.coded_under)} of the codebook; prompt, parameters and every "
                f"answer are kept in {name}."
            )
        )
        if not info.baseline:
            found.append(_open(f"why {info.model} was used, and who agreed that it may have these interviews"))
    return found


def _declared(people: Sequence[Coding]) -> list[Words]:
    """What was declared of people's coding: stage and what they had seen; those of whom it is the same together."""
    alike: dict[str, list[str]] = {}
    for coding in people:
        told = []
        if coding.stage != "undeclared":
            how = {"independent": "independently", "settled": "to settle differences"}
            told.append(how.get(coding.stage, f"in {coding.stage}"))
        if coding.saw:
            seen = "nothing of anybody's coding" if saw_nothing(coding) else coding.saw
            told.append(f"having seen {seen}")
        if told:
            alike.setdefault(", ".join(told), []).append(coding.coder)
    return [
        Words(kind="declared", text=f"{listed(names)} coded {told}, as coders.csv declares.")
        for told, names in alike.items()
    ]


def _measure(basis: Basis) -> list[Words]:
    """What was measured, on what, and why: the last only the researchers can say."""
    agreement = basis.agreement
    unit = {"turn": "one turn", "sentence": "one sentence", "transcript": "a whole interview"}[agreement.unit]
    without = f"; {listed(list(basis.exclude_speakers))} was not coded" if basis.exclude_speakers else ""
    found = [
        _recorded(
            f"The unit of comparison is {unit} ({_ON_UNITS[agreement.unit]}){without}. Agreement is Krippendorff's "
            "alpha, nominal, for each code by itself as applied or not applied; decisions that a coder did not make "
            "count as missing. Intervals are 95 % intervals from leaving out one interview at a time (jackknife, t "
            "quantile), given from five interviews on. No coefficient is given for codes applied to under ten units or "
            "in under three interviews."
        )
    ]
    if len(basis.people) > 1:
        found.append(_open("what alpha your conclusions need, and that this was settled before coding"))
    if basis.approach in ("codebook", "framework"):
        found.append(_open(f"what agreement was used for, in a {basis.approach} approach"))
    found.append(_open("how these interviews were chosen for two coders, out of all"))
    return found


def _results(basis: Basis) -> list[Words]:
    """The figures over codes, and what became of the differences."""
    found = [_recorded(f"{line}.") for line in to_paste(basis)]
    return [*found, _open("how differences were settled, by whom, and what changed in the codebook")]


def _reflexive() -> list[Words]:
    return [
        _recorded(
            "Where the coders' readings differ, both stand as different readings; no coefficient was computed for them."
        ),
        _open("what reading the interviews with others was for, and what came of the different readings"),
        _open("your own position, and how it shaped what you saw"),
    ]


def to_paste(basis: Basis) -> list[str]:
    """The line to paste into a paper: of people, and of each model beside them."""
    over = summary(basis.agreement)
    lines = [f"People: {spread_words(over.human)}"] if over.human.n_codes or over.human.n_too_rare else []
    for model, spread in over.human_model.items():
        lines.append(f"{model_name(basis.agreement, model)} with people: {spread_words(spread)}")
    return lines
