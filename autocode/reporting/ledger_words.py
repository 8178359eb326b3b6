"""The ledger in words: who agreed with whom, under which version, and what became of a code with it."""

from __future__ import annotations

from collections.abc import Iterable

from autocode.data import Ledger, LedgerCode, LedgerEdit, LedgerFigure
from autocode.reporting.agreement_words import decimal, figure_words

NOT_DECLARED = "version not declared"
BECAME = {
    "add": "added",
    "edit": "edited",
    "clarify": "clarified",
    "rename": "renamed",
    "move": "moved",
    "merge": "merged",
    "split": "split",
    "retire": "retired",
}
HOW = (
    "Alpha is Krippendorff's, its interval 95 %, leaving out one interview at a time, from five interviews on. Too "
    "rare: under ten passages, or three interviews, with the code. A model's alpha is the mean over its repeats and "
    "people; noise: alpha of its repeats with each other. Stale: decisions under another definition, left out."
)


def version_words(version: str) -> str:
    """A version as it is printed."""
    return f"v{version}" if version[:1].isdigit() else version or NOT_DECLARED


def model_words(figure: LedgerFigure, ledger: Ledger) -> str:
    """What a model is called: with its prompt where there are several, with its run where nothing else tells it apart.

    What stands under `version not declared` is called by its run, since that has a version.
    """
    alike = [f for code in ledger.codes for f in code.figures if f.model == figure.model]
    words = f"{figure.model} (baseline)" if figure.baseline else figure.model
    if len({f.prompt for f in alike}) > 1 and figure.prompt:
        words += f", prompt {figure.prompt}"
    several = {f.run for f in alike if (f.version, f.prompt) == (figure.version, figure.prompt)}
    if figure.run and (len(several) > 1 or not figure.version):
        words += f", {figure.run}"
    return words


def who_words(figure: LedgerFigure, ledger: Ledger) -> str:
    """Who agreed with whom."""
    people = ", ".join(figure.coders)
    if not figure.model:
        return people if len(figure.coders) < 3 else f"{people} (all)"
    return f"{model_words(figure, ledger)} with {people}" if people else f"{model_words(figure, ledger)}, nobody beside"


def noise_words(figure: LedgerFigure) -> str:
    """Alpha of the repeats with each other and how many there are; blank for people."""
    if not figure.model:
        return ""
    if figure.noise is None:
        return "not measured"
    if figure.noise.status != "ok":
        return figure.noise.status
    return f"{decimal(figure.noise.alpha)} of {figure.repeats}"


def edit_words(edit: LedgerEdit) -> str:
    """What became of a code with a version, and why."""
    words = f"{version_words(edit.version)}: {BECAME.get(edit.kind, edit.kind)}"
    if edit.from_ and edit.to:
        words += f" {', '.join(edit.from_)} → {', '.join(edit.to)}"
    if not edit.declared:
        words += ", not declared in `changes`"
    if edit.recode:
        words += ", to be coded again"
    by = ", ".join(filter(None, [*edit.by, edit.date]))
    return words + (f" ({by})" if by else "") + (f": {edit.why}" if edit.why else "")


def moved_words(code: LedgerCode) -> str:
    """How far alpha moved between versions."""
    return "" if code.moved is None else f"alpha moved by up to {decimal(code.moved)}"


def reasons(figures: Iterable[LedgerFigure]) -> list[str]:
    """Why some figures are none, those of one reason together."""
    by: dict[tuple[str, str], dict[str, None]] = {}
    for figure in figures:
        if figure.reason:
            by.setdefault((figure.status, figure.reason), {})[version_words(figure.version)] = None
    return [f"{status} ({', '.join(versions)}): {why}" for (status, why), versions in by.items()]


def alpha_words(figure: LedgerFigure) -> str:
    """Alpha with its interval, or the words that stand in for it."""
    return figure_words(figure)
