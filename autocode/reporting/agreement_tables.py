"""The tables of the agreement report: what people reach code by code, models beside them, and where codes stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from autocode.data import Agreement, CodeAgreement, GroupAgreement, PairAgreement
from autocode.reporting.agreement_words import (
    KINDS,
    decimal,
    difference_words,
    figure_words,
    interval_words,
    model_name,
    reason_words,
    row_name,
    rows_of,
    verdict_words,
)
from autocode.reporting.basis import Basis
from autocode.reporting.report_parts import Table, counted, listed, table

Row = CodeAgreement | GroupAgreement

MOST_COLUMNS = 4
"""The most coders that get a column each; of more, the fewest and the most are told."""
MOST_PAIRS = 3
"""The most pairs of coders that are told one by one beside each code."""


def people_table(agreement: Agreement, among_people: Agreement) -> Table:
    """A row a code: what the people who coded independently reach. `among_people` holds their codings alone."""
    names = [coder.name for coder in among_people.coders]
    shown = "|".join(f"#{name.replace('|', ' ')}" for name in names) if len(names) <= MOST_COLUMNS else "#Applied"
    human = {row_name(row): row.human for row in rows_of(agreement)}
    everywhere = _the_same([figure.interval_reason for figure in human.values() if figure.status == "ok"])
    rows = []
    for row in rows_of(among_people):
        figure = human[row_name(row)]
        rows.append(
            (
                row_name(row),
                f"{row.n_units:,}",
                *_applied(row, names),
                decimal(row.percent),
                decimal(row.positive_agreement) if isinstance(row, CodeAgreement) else "",
                decimal(row.negative_agreement) if isinstance(row, CodeAgreement) else "",
                decimal(row.ac1),
                decimal(figure.alpha) if figure.status == "ok" else "",
                interval_words(figure) if figure.status == "ok" else "",
                reason_words(figure) or ("" if everywhere else figure.interval_reason) or _moves(row),
            )
        )
    columns = f"Code|#Units|{shown}|#Alike|#On yes|#On no|#AC1|#Alpha|#95 % interval|What to know"
    note = (
        f"Units: {agreement.unit}s that two people or more decided. The columns named after coders, or Applied, count "
        "the units to which each gave the code. Alike: share of units on which two people decided alike; on yes and "
        "on no: given that one of them said so, how often the other did. AC1: Gwet's coefficient, for comparison. A "
        "theme is applied where any of its codes is; a group is one variable whose values are its codes and none."
        + f" Everywhere {everywhere}."
        * bool(everywhere)
    )
    return table("Between people, code by code", columns, rows, note)


def _the_same(reasons: Sequence[str]) -> str:
    """The reason that all share, to be told once; blank where they differ."""
    return reasons[0] if reasons and len(set(reasons)) == 1 else ""


def _applied(row: Row, names: Sequence[str]) -> list[str]:
    counts = [row.positives.get(name, 0) for name in names]
    if len(names) <= MOST_COLUMNS:
        return [f"{count:,}" for count in counts]
    low, high = min(counts), max(counts)
    return [f"{low:,} to {high:,}" if high > low else f"{low:,}"]


def _moves(row: Row) -> str:
    """What a single decision, or the short units, would change of a figure, where that is much."""
    if not isinstance(row, CodeAgreement):
        return f"{counted(row.n_several, 'decision')} left out: several codes on one unit" if row.n_several else ""
    told = []
    if row.fragile is not None and row.fragile.whose == "human":
        told.append(f"one other decision gives {decimal(row.fragile.lowest)} to {decimal(row.fragile.highest)}")
    if row.alpha_without_short is not None:
        without = decimal(row.alpha_without_short)
        told.append(f"{without} without the {counted(row.n_short, 'unit')} of three words or fewer")
    return "; ".join(told)


def model_tables(agreement: Agreement) -> list[Table]:
    """For each model a row a code: its mean agreement with people, and how that differs from theirs."""
    rows = rows_of(agreement)
    return [_model_table(agreement, rows, model) for model in _models(rows)]


def _models(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(model for row in rows for model in row.human_model))


def _model_table(agreement: Agreement, rows: Sequence[Row], model: str) -> Table:
    two_people = any(row.human.n_coders > 1 for row in rows)
    everywhere = _the_same([f.difference_reason for r in rows if (f := r.human_model.get(model)) and f.status == "ok"])
    cells = []
    for row in rows:
        figure = row.human_model.get(model)
        if figure is None:
            continue
        is_told = everywhere and figure.status == row.human.status == "ok"  # the reason stands in the note
        said = figure.verdict if is_told else verdict_words(figure, row.human)
        beside = (difference_words(figure, row.human), said) if two_people else ()
        left_out = f"{figure.n_left_out}" if figure.n_left_out else ""
        applied = f"{row.positives.get(model, 0):,}"
        cells.append((row_name(row), f"{figure.n_units:,}", applied, left_out, figure_words(figure), *beside))
    more = "|#Difference|What can be said" if two_people else ""
    note = (
        "Alpha: the mean of the model's alpha with each person. Left out: units that the codebook's own examples "
        "quote, since the model was shown them there."
    )
    if two_people:
        note += (
            " Difference: that mean minus the mean alpha of two people, both on the units that the model and two "
            "people decided."
        )
        note += f" Everywhere {everywhere}." * bool(everywhere)
    heading = f"{model_name(agreement, model)} beside people"
    return table(heading, "Code|#Units|#Applied by it|#Left out|#Alpha with people" + more, cells, note)


def other_pairs(agreement: Agreement) -> Table | None:
    """The pairs whose figures have another name, since one had seen the other's coding, or trained, or settled."""
    pairs: dict[tuple[str, tuple[str, str]], list[PairAgreement]] = {}
    for row in agreement.codes:
        for pair in row.pairs:
            if pair.kind not in ("human-human", "human-model") and row.level == "code":
                pairs.setdefault((pair.kind, pair.coders), []).append(pair)
    if not pairs:
        return None
    rows = []
    for (kind, coders), figures in pairs.items():
        alphas = [pair.alpha for pair in figures if pair.status == "ok" and pair.alpha is not None]
        span = f"{decimal(min(alphas))} to {decimal(max(alphas))}" if alphas else ""
        rows.append(
            (" and ".join(coders), KINDS[kind], f"{len(alphas)}", decimal(median(alphas)) if alphas else "", span)
        )
    note = "None of these is agreement of people who coded independently. The figures code by code are in the CSV."
    return table("Figures of another name", "Coders|What it is|#Codes with a figure|#Median|#Range", rows, note)


def interviews_tables(basis: Basis) -> list[Table]:
    """Interviews beside passages: where both (or all) applied a code, and where only some did."""
    pairs = list(dict.fromkeys(p.coders for row in basis.agreement.codes for p in row.pairs if _told(p)))
    if len(pairs) > MOST_PAIRS:
        return [_among_many(basis)]
    return [_of_pair(basis.agreement, pair) for pair in pairs]


def _of_pair(agreement: Agreement, coders: tuple[str, str]) -> Table:
    rows = []
    for row in agreement.codes:
        for pair in row.pairs:
            if pair.coders == coders and _told(pair) and (pair.both or any(pair.only)):
                passages = _both_and_only(coders, pair.both, pair.only)
                rows.append(
                    (row_name(row), passages, _both_and_only(coders, pair.transcripts_both, pair.transcripts_only))
                )
    columns = f"Code|{'Passages' if agreement.unit == 'turn' else agreement.unit.capitalize() + 's'}|Interviews"
    return table(f"Interviews beside passages: {listed(coders)}", columns, rows, _WHERE)


_WHERE = "Coders may agree on who speaks of something, and differ on where."


def _told(pair: PairAgreement) -> bool:
    return pair.kind in ("human-human", "human-model") and pair.n_units > 0


def _both_and_only(coders: tuple[str, str], both: int, only: tuple[int, int]) -> str:
    """In words: `both in 9, only Ana in 2`."""
    told = [f"both in {both:,}"] if both else []
    told += [f"only {coder} in {n:,}" for coder, n in zip(coders, only, strict=True) if n]
    return ", ".join(told) or "nowhere"


def _among_many(basis: Basis) -> Table:
    """Of many people: on how many units and in how many interviews all of those who decided applied a code, or some."""
    import numpy as np

    units, names = basis.units, [coding.coder for coding in basis.people]
    transcripts = units.index.get_level_values("transcript").to_numpy()
    rows = []
    for row in basis.agreement.codes:
        columns = [(name, row.code) for name in names]
        if row.level == "theme" or not all(column in units.columns for column in columns):
            continue
        values = units[columns].to_numpy(dtype=np.int8)
        kept = (values >= 0).sum(axis=1) >= 2
        whole = [values[kept & (transcripts == id)] for id in dict.fromkeys(transcripts[kept])]
        of_interviews = np.array([np.where((v >= 0).any(axis=0), (v == 1).any(axis=0), -1) for v in whole])
        if (values[kept] == 1).any():
            rows.append((row_name(row), *_all_and_some(values[kept]), *_all_and_some(of_interviews)))
    note = f"All: everybody who decided there applied the code; some: at least one did and one did not. {_WHERE}"
    columns_ = f"Code|#{basis.agreement.unit.capitalize()}s: all|#some|#Interviews: all|#some "
    return table("Interviews beside passages", columns_, rows, note)


def _all_and_some(values: object) -> tuple[str, str]:
    import numpy as np

    decisions = np.asarray(values)
    yes, decided = (decisions == 1).sum(axis=1), (decisions >= 0).sum(axis=1)
    every = int(((yes == decided) & (yes > 0)).sum())
    return f"{every:,}", f"{int((yes > 0).sum()) - every:,}"
