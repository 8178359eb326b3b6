"""The ledger in words: who agreed with whom, under which version, and what became of a code with it."""

from __future__ import annotations

from collections.abc import Iterable

from autocode.data import Ledger, LedgerCode, LedgerEdit, LedgerFigure, LedgerVersion
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


def summary_of(ledger: Ledger) -> str:
    """What the ledger rests on and what it shows, in one sentence."""
    versions = [version for version in ledger.versions if version.version]
    moved = [code for code in ledger.codes if code.moved is not None]
    most = f"; alpha moved most for {moved[0].code}, by up to {decimal(moved[0].moved)}" if moved else ""
    what = f"{ledger.n_transcripts} interviews, {ledger.n_units:,} {ledger.unit}s, {len(ledger.codes)} codes"
    return f"{what}, {len(versions)} version{'s' * (len(versions) != 1)} of the codebook{most}."


def version_line(version: LedgerVersion) -> str:
    """A version, when it was decided, and who coded under it."""
    who = ", ".join(version.codings) or "nobody coded under it"
    kept = "" if version.kept or not version.version else "; what it said is not kept"
    date = f" ({version.date})" if version.date else ""
    return f"{version_words(version.version)}{date}: {who}{kept}"


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


def line_words(line: tuple[str, str], ledger: Ledger) -> str:
    """What a line of the pictures is called: a model and a prompt with people, or people with each other."""
    model, prompt = line
    if not model:
        return "people with each other"
    alike = [f for code in ledger.codes for f in code.figures if f.model == model]
    words = f"{model} (baseline)" if any(f.baseline for f in alike) else model
    if len({f.prompt for f in alike}) > 1:
        words += f", prompt {prompt or 'not known'}"
    return f"{words} with people"


def figure_told(figure: LedgerFigure, ledger: Ledger) -> str:
    """A figure with all that it rests on, in one line."""
    parts = [f"{version_words(figure.version)}, {who_words(figure, ledger)}: {alpha_words(figure)}"]
    if figure.reason:
        parts.append(figure.reason)
    if figure.n_units:
        parts.append(f"{figure.n_units:,} units in {figure.n_transcripts} interviews")
    if figure.status == "ok" and len(figure.by_repeat) > 1:
        parts.append(f"repeats {', '.join(decimal(each) or 'none' for each in figure.by_repeat)}")
    if figure.n_stale:
        parts.append(f"{figure.n_stale:,} stale decisions left out")
    if figure.n_left_out:
        parts.append(f"{figure.n_left_out:,} units left out that the codebook quotes")
    return "; ".join(parts)


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
