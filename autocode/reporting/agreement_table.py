"""Agreement as a table in the terminal and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.agreement import summary
from autocode.data import Agreement, CodeAgreement, CoderInfo, Coefficient, GroupAgreement
from autocode.errors import ConfigError
from autocode.files import write_whole
from autocode.reporting.agreement_told import told
from autocode.reporting.agreement_words import difference_words, spread_words, verdict_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

MOST_COLUMNS = 4
"""The most coders that get a column each; of more, the fewest and the most are told."""


def write_agreement(agreement: Agreement, path: Path) -> None:
    """Write the figures as CSV, a row a code or theme; shares and coefficients as numbers, blank where undefined."""
    text = agreement.to_frame(pairs=True).to_csv(index=False, lineterminator="\n")
    header = text.partition("\n")[0]
    if (
        path.is_file()
        and path.stat().st_size
        and path.read_text(encoding="utf-8", errors="replace").partition("\n")[0] != header
    ):
        raise ConfigError("is there already, and holds something else; choose another name", path=path)
    write_whole(path, text)


def show_agreement(agreement: Agreement, console: Console) -> None:
    """Print the figures, code by code, then over the codes. Names are printed as they are, never as markup."""
    from rich.text import Text

    if agreement.heading:
        console.print(Text(agreement.heading, style="bold"))
    transcripts = max((row.n_transcripts for row in agreement.codes), default=0)
    interviews = f"{transcripts} interview" + "s" * (transcripts != 1)
    what = f" (nominal: each code is a yes or no on each {agreement.unit}), {interviews}"
    console.print(Text.assemble(("Krippendorff's alpha", "bold"), what))
    alike: dict[str, list[str]] = {}
    for coder in agreement.coders:
        alike.setdefault(_described(coder), []).append(coder.name)
    for described, names in alike.items():
        console.print(Text(f"  {', '.join(names)}: {described}"))
    if passages := _passages(agreement):
        console.print(Text(f"  {passages}"))
    names = [f"{row.code} (theme)" if row.level == "theme" else row.code for row in agreement.codes]
    groups = [group.group for group in agreement.groups]
    for heading, rows, called in (("Code", agreement.codes, names), ("Group", agreement.groups, groups)):
        for table in _tables(heading, rows, agreement, called) if rows else ():
            console.print(table)
    if agreement.ratings:
        console.print(
            Text.assemble(
                ("Ratings", "bold"),
                ": Krippendorff's alpha, ordinal; weighted kappas as means over pairs with 10 units or more",
            )
        )
        console.print(_ratings(agreement))
    for line in [*_verdicts(agreement), *_lines_to_paste(agreement), *told(agreement)]:
        console.print(Text(line))


def _described(coder: CoderInfo) -> str:
    kind = "person" if coder.kind == "human" else "model"
    if coder.baseline:
        kind = "baseline, no language model"
    stage = "independence not declared" if coder.stage == "undeclared" else coder.stage
    saw = f", saw {coder.saw}" if coder.saw else ", not declared what they had seen"
    version = coder.codebook if coder.codebook.startswith("mixed ") else f"v{coder.codebook}"
    codebook = f", codebook {version}" if coder.codebook else ", codebook version not declared"
    return f"{kind}, {stage}{saw}{codebook}"


def _passages(agreement: Agreement) -> str:
    """The median words of each coder's passages; of many coders the fewest and the most."""
    medians = [(c.name, c.median_words_per_passage) for c in agreement.coders if c.median_words_per_passage is not None]
    if not medians:
        return ""
    if len(medians) > MOST_COLUMNS:
        sizes = [size for _, size in medians]
        return f"median words of a passage: {min(sizes):g} to {max(sizes):g}"
    return "median words of a passage: " + ", ".join(f"{name} {size:g}" for name, size in medians)


def _ratings(agreement: Agreement) -> Table:
    """A row a code: the people's ordinal alpha, and the mean weighted kappa of the pairs of each kind."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    kinds = [
        kind
        for kind in ("human-human", "human-model")
        if any(pair.kind == kind for row in agreement.ratings for pair in row.pairs)
    ]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Code", no_wrap=True)
    table.add_column("Rated", justify="right", no_wrap=True)
    table.add_column("People", no_wrap=True)
    for kind in kinds:
        table.add_column(Text(f"Kappa {kind}: linear, quadratic"))
    for row in agreement.ratings:
        what = f"{agreement.unit}s" if row.unit == "unit" else "interviews"
        cells = [Text(row.code), Text(f"{row.human.n_units} {what}"), _figure(row.human)]
        for kind in kinds:
            both = [(p.kappa_linear, p.kappa_quadratic) for p in row.pairs if p.kind == kind and p.n_units >= 10]
            known = [(a, b) for a, b in both if a is not None and b is not None]
            mean = ", ".join(f"{sum(each) / len(known):.2f}" for each in zip(*known, strict=True)) if known else ""
            cells.append(Text(f"{mean} ({len(known)} {'pair' if len(known) == 1 else 'pairs'})" if mean else "none"))
        table.add_row(*cells)
    return table


def _tables(
    heading: str, rows: Sequence[CodeAgreement | GroupAgreement], agreement: Agreement, names: Sequence[str]
) -> list[Table]:
    """One table with the people and a model; with several models a table for each, below the people's."""
    models = list(dict.fromkeys(model for row in rows for model in row.human_model))
    if len(models) < 2:
        return [_table(heading, rows, agreement, names, models, counts=True)]
    people = _table(heading, rows, agreement, names, [], counts=True)
    return [people, *(_table(heading, rows, agreement, names, [model], counts=False) for model in models)]


def _table(
    heading: str,
    rows: Sequence[CodeAgreement | GroupAgreement],
    agreement: Agreement,
    names: Sequence[str],
    models: Sequence[str],
    *,
    counts: bool,
) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    coders = [coder.name for coder in agreement.coders]
    people = any(row.human.n_coders > 1 for row in rows)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(heading, no_wrap=True)
    if counts:
        table.add_column("Units", justify="right", no_wrap=True)
        for name in coders if len(coders) <= MOST_COLUMNS else ["Applied"]:
            table.add_column(Text(name), justify="right", overflow="fold")
        if people:
            table.add_column("People", no_wrap=True)
    for model in models:
        baseline = any(c.name == model and c.baseline for c in agreement.coders)
        table.add_column(Text(f"With {model}{' (baseline)' if baseline else ''}"))
        if people:
            table.add_column("Difference")
    for name, row in zip(names, rows, strict=True):
        cells = [Text(name)]
        if counts:
            cells += [Text(f"{row.n_units:,}"), *_applied(row, coders), *([_figure(row.human)] if people else [])]
        for model in models:
            cells += _model_cells(row, model, people)
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


def _model_cells(row: CodeAgreement | GroupAgreement, model: str, people: bool) -> list[Text]:
    from rich.text import Text

    figure = row.human_model.get(model)
    cells = [Text("") if figure is None else _figure(figure)]
    if people:
        cells.append(Text("" if figure is None else difference_words(figure, row.human)))
    return cells


def _verdicts(agreement: Agreement) -> list[str]:
    """For each model, the codes by what can be said of them, and why nothing can be said of the others."""
    lines = []
    for model in dict.fromkeys(model for row in agreement.codes for model in row.human_model):
        by_verdict: dict[str, list[str]] = {}
        for row in agreement.codes:
            figure = row.human_model.get(model)
            if figure is not None and (said := verdict_words(figure, row.human)):
                by_verdict.setdefault(said, []).append(row.code)
        lines += [f"{model}: {verdict}: {', '.join(codes)}" for verdict, codes in by_verdict.items()]
    return lines


def _lines_to_paste(agreement: Agreement) -> list[str]:
    over = summary(agreement)
    lines = [f"People: {spread_words(over.human)}"] if over.human.n_codes or over.human.n_too_rare else []
    lines += [f"{model} with people: {spread_words(spread)}" for model, spread in over.human_model.items()]
    return lines
