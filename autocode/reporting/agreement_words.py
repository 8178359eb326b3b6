"""Figures of agreement in words: with their interval, or the words that stand in for a figure there is none of."""

from __future__ import annotations

from autocode.data import Agreement, CodeAgreement, CoderInfo, Coefficient, GroupAgreement, HumanModelAgreement, Spread

KINDS = {
    "human-human": "two people",
    "human-model": "a person and a model",
    "model-model": "two models",
    "same-coder": "one coder twice",
    "training": "in training",
    "primed": "acceptance of proposals: one had seen the other's, somebody's or a model's coding",
    "with-settled": "with the settled coding",
}
"""What a figure for two codings may be called."""

READING = (
    "Alpha is 1 where coders agree on every unit, and 0 where they agree no more than if the decisions had been dealt "
    "out to the units by chance; below 0 they differ more than that.",
    "Krippendorff (Content Analysis, 2nd ed. 2004, p. 241) asks to rely only on variables with an alpha above 0.800, "
    "and to consider those between 0.667 and 0.800 only for drawing tentative conclusions. He adds that how high it "
    "has to be follows from what it would cost to draw a wrong conclusion from unreliable data: so say what yours "
    "would.",
    "Each code is a variable of its own here, so each needs its own figure: the median over codes speaks for none of "
    "them. An interval that crosses a line says that these interviews cannot tell on which side of it the code lies.",
    "Too rare means under ten units where anyone applied the code, or under three interviews with one: a coefficient "
    "would turn on a single decision, so read all these passages instead. Agreement is not validity: coders "
    "who share a misunderstanding agree, too.",
)
"""How to read alpha, as Krippendorff states it."""


def decimal(value: float | None) -> str:
    """A share or coefficient with two decimals; blank where there is none.

    >>> decimal(0.714), decimal(-0.001), decimal(None)
    ('0.71', '0.00', '')
    """
    return "" if value is None else f"{value + 0.0:.2f}".replace("-0.00", "0.00")


def interval_words(figure: Coefficient) -> str:
    """The 95 % interval, cut at 1; blank where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{decimal(figure.low)} to {decimal(min(1.0, figure.high))}"


def figure_words(figure: Coefficient) -> str:
    """An alpha with its interval, or the words that stand in for it."""
    if figure.status != "ok" or figure.alpha is None:
        return figure.status
    around = interval_words(figure)
    return decimal(figure.alpha) + (f" ({around})" if around else "")


def reason_words(figure: Coefficient) -> str:
    """Why there is no figure, with what it is called; blank where there is one."""
    if figure.status == "ok" and figure.alpha is not None:
        return ""
    return f"{figure.status}: {figure.reason}" if figure.reason else figure.status


def difference_words(figure: HumanModelAgreement, people: Coefficient) -> str:
    """Model minus people, with its interval; blank where either figure is withheld, which it would give away."""
    if figure.difference is None or figure.status != "ok" or people.status != "ok":
        return ""
    words = f"{figure.difference:+.2f}".replace("-0.00", "+0.00")
    if figure.difference_low is not None and figure.difference_high is not None:
        words += f" ({figure.difference_low:+.2f} to {figure.difference_high:+.2f})"
    return words


def verdict_words(figure: HumanModelAgreement, people: Coefficient) -> str:
    """What the difference allows to say; where nothing, why. Where the people's figure is withheld, so is this."""
    if figure.status != "ok" or not figure.verdict:
        return ""
    if people.status != "ok":
        return f"cannot tell (people: {people.status})"
    why = figure.difference_reason if figure.verdict == "cannot tell" else ""
    return figure.verdict + (f" ({why})" if why else "")


def spread_words(spread: Spread) -> str:
    """A spread over codes as the line to paste into a paper."""
    told = "no code has a figure"
    if spread.n_codes:
        told = (
            f"{spread.n_codes} {'code' if spread.n_codes == 1 else 'codes'}: median {spread.median:.2f} "
            f"({spread.lowest:.2f} to {spread.highest:.2f}); "
            f"{spread.n_from_800} at 0.80 or above, {spread.n_from_667} from 0.667, {spread.n_below_667} below"
        )
    told += f"; {spread.n_too_rare} more too rare" if spread.n_too_rare else ""
    return told + (f"; {spread.n_undefined} undefined" if spread.n_undefined else "")


def row_name(row: CodeAgreement | GroupAgreement) -> str:
    """What a row of figures is about."""
    if isinstance(row, GroupAgreement):
        return f"{row.group} (one of {len(row.codes)})"
    marks = [row.level] * (row.level == "theme") + [row.code_status] * (row.code_status != "active")
    return row.code + (f" ({', '.join(marks)})" if marks else "")


def kind_words(coder: CoderInfo) -> str:
    """What a coder is: a person, a model, or the baseline."""
    if coder.baseline:
        return "baseline, no language model"
    return "person" if coder.kind == "human" else "model"


def version_words(version: str) -> str:
    """The version of the codebook that a coder worked with."""
    if not version:
        return "not declared"
    return version if version.startswith("mixed ") else f"v{version}"


def rows_of(agreement: Agreement) -> list[CodeAgreement | GroupAgreement]:
    """Everything that has figures: codes and themes in the order of the codebook, then groups."""
    return [*agreement.codes, *agreement.groups]


def model_name(agreement: Agreement, model: str) -> str:
    """A model as tables call it."""
    baseline = any(coder.name == model and coder.baseline for coder in agreement.coders)
    return f"{model} (baseline)" if baseline else model
