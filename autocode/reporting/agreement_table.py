"""Agreement as a table in the terminal and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.agreement import summary
from autocode.data import Agreement, CodeAgreement, CoderInfo, Coefficient, GroupAgreement, HumanModelAgreement, Spread
from autocode.files import write_whole

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

MOST_COLUMNS = 4
"""The most coders that get a column each; of more, the fewest and the most are told."""


def write_agreement(agreement: Agreement, path: Path) -> None:
    """Write the figures as CSV, a row a code or theme; shares and coefficients as numbers, blank where undefined."""
    write_whole(path, agreement.to_frame().to_csv(index=False, lineterminator="\n"))


def show_agreement(agreement: Agreement, console: Console) -> None:
    """Print the figures, code by code, then over the codes. Names are printed as they are, never as markup."""
    from rich.text import Text

    transcripts = max((row.n_transcripts for row in agreement.codes), default=0)
    what = f" (nominal: each code is a yes or no on each {agreement.unit}), {transcripts} interviews"
    console.print(Text.assemble(("Krippendorff's alpha", "bold"), what))
    alike: dict[str, list[str]] = {}
    for coder in agreement.coders:
        alike.setdefault(_described(coder), []).append(coder.name)
    for described, names in alike.items():
        console.print(Text(f"  {', '.join(names)}: {described}"))
    console.print(_codes_table(agreement))
    if agreement.groups:
        console.print(
            _table("Group (one value a unit)", agreement.groups, agreement, [g.group for g in agreement.groups])
        )
    for line in [*_verdicts(agreement), *_lines_to_paste(agreement)]:
        console.print(Text(line))


def _described(coder: CoderInfo) -> str:
    kind = "person" if coder.kind == "human" else "model"
    if coder.baseline:
        kind = "baseline, no language model"
    stage = "independence not declared" if coder.stage == "undeclared" else coder.stage
    saw = f", saw {coder.saw}" if coder.saw else ", not declared what they had seen"
    codebook = f", codebook v{coder.codebook}" if coder.codebook else ", codebook version not declared"
    return f"{kind}, {stage}{saw}{codebook}"


def _codes_table(agreement: Agreement) -> Table:
    names = [f"{row.code} (theme)" if row.level == "theme" else row.code for row in agreement.codes]
    return _table("Code", agreement.codes, agreement, names)


def _table(
    heading: str, rows: Sequence[CodeAgreement | GroupAgreement], agreement: Agreement, names: Sequence[str]
) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    coders = [coder.name for coder in agreement.coders]
    models = list(dict.fromkeys(model for row in rows for model in row.human_model))
    people = any(row.human.n_coders > 1 for row in rows)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(heading, no_wrap=True)
    table.add_column("Units", justify="right", no_wrap=True)
    for name in coders if len(coders) <= MOST_COLUMNS else ["Applied"]:
        table.add_column(Text(name), justify="right", overflow="fold")
    if people:
        table.add_column("People", no_wrap=True)
    for model in models:
        name = f"{model} (baseline)" if any(c.name == model and c.baseline for c in agreement.coders) else model
        table.add_column(Text(f"With {name}"))
        if people:
            table.add_column("Minus people")
    for name, row in zip(names, rows, strict=True):
        cells = [Text(name), Text(f"{row.n_units:,}"), *_applied(row, coders)]
        cells += [_figure(row.human)] if people else []
        for model in models:
            cells += _model_cells(row.human_model.get(model), people)
        table.add_row(*cells)
    return table


def _applied(row: CodeAgreement | GroupAgreement, coders: Sequence[str]) -> list[Text]:
    from rich.text import Text

    counts = [row.positives.get(coder, 0) for coder in coders]
    if len(coders) <= MOST_COLUMNS:
        return [Text(str(count)) for count in counts]
    return [Text(f"{min(counts)}-{max(counts)}")]


def _figure(figure: Coefficient) -> Text:
    """An alpha with its interval, or the words that stand in for it."""
    from rich.text import Text

    if figure.status != "ok" or figure.alpha is None:
        return Text(figure.status, style="dim")
    text = Text(f"{figure.alpha:.2f}", style="bold" if figure.alpha >= 0.8 else "")
    if figure.low is not None and figure.high is not None:
        text.append(f" ({figure.low:.2f} to {min(1.0, figure.high):.2f})", style="not bold")
    return text


def _model_cells(figure: HumanModelAgreement | None, people: bool) -> list[Text]:
    from rich.text import Text

    cells = [Text("") if figure is None else _figure(figure)]
    if people:
        beside = ""
        if figure is not None and figure.status == "ok" and figure.difference is not None:
            beside = f"{figure.difference:+.2f}"
            if figure.difference_low is not None and figure.difference_high is not None:
                beside += f" ({figure.difference_low:+.2f} to {figure.difference_high:+.2f})"
        cells.append(Text(beside))
    return cells


def _verdicts(agreement: Agreement) -> list[str]:
    """For each model, the codes by what can be said of them, and why nothing can be said of the others."""
    lines = []
    for model in dict.fromkeys(model for row in agreement.codes for model in row.human_model):
        by_verdict: dict[str, list[str]] = {}
        for row in agreement.codes:
            figure = row.human_model.get(model)
            if figure is not None and figure.verdict and figure.status == "ok":
                why = (
                    f" ({figure.difference_reason})"
                    if figure.verdict == "cannot tell" and figure.difference_reason
                    else ""
                )
                by_verdict.setdefault(figure.verdict + why, []).append(row.code)
        lines += [f"{model}: {verdict}: {', '.join(codes)}" for verdict, codes in by_verdict.items()]
    return lines


def _lines_to_paste(agreement: Agreement) -> list[str]:
    over = summary(agreement)
    lines = [f"People: {_spread(over.human)}"] if over.human.n_codes or over.human.n_too_rare else []
    lines += [f"{model} with people: {_spread(spread)}" for model, spread in over.human_model.items()]
    return lines


def _spread(spread: Spread) -> str:
    """One line to paste into a paper."""
    if spread.n_codes:
        told = (
            f"{spread.n_codes} codes: median {spread.median:.2f} ({spread.lowest:.2f} to {spread.highest:.2f}); "
            f"{spread.n_from_800} at 0.80 or above, {spread.n_from_667} from 0.667, {spread.n_below_667} below"
        )
    else:
        told = "no code has a figure"
    told += f"; {spread.n_too_rare} more too rare" if spread.n_too_rare else ""
    return told + (f"; {spread.n_undefined} undefined" if spread.n_undefined else "")
