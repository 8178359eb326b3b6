"""The agreement report as a noun: every word, table and figure of it, before it becomes a page or a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autocode.agreement import agree, withhold
from autocode.data import Agreement, Data
from autocode.errors import AgreementError
from autocode.reporting.agreement_holds import holds_for
from autocode.reporting.agreement_methods import methods, sentence, to_paste
from autocode.reporting.agreement_tables import interviews_tables, model_tables, other_pairs, people_table
from autocode.reporting.agreement_words import READING
from autocode.reporting.compared import Compared
from autocode.reporting.confusion_tables import borders_table, confusions_table, guesses_table, leans_table
from autocode.reporting.disputed import Disputed, disputed, disputed_table
from autocode.reporting.forest import NARROW, WIDE, Forest, forest
from autocode.reporting.heat_map import HeatMap, heat_maps
from autocode.reporting.rare import rare_table
from autocode.reporting.readings import readings_table
from autocode.reporting.report_parts import Table, Words, listed
from autocode.reporting.who_coded import compared_units, who_coded


class AgreementReport(Data):
    """How far coders agree, ready to be read. Without `internal` it holds not one word of an interview."""

    title: str
    internal: bool
    heading: str
    """The first line: what a reader has to know before anything else; blank where there is nothing."""
    sentence: str
    """What was compared, and by what rule."""
    to_paste: tuple[str, ...]
    holds_for: tuple[tuple[str, str], ...]
    who: Table
    figures: tuple[Table, ...]
    """Code by code: people, models beside them, and figures of another name."""
    forest: Forest | None = None
    forest_narrow: Forest | None = None
    maps: tuple[HeatMap, ...] = ()
    differences: tuple[Table, ...]
    """Where and how coders differ, without words of interviews."""
    disputed: tuple[Disputed, ...] = ()
    """The passages with their words; only in the internal form."""
    methods: tuple[tuple[Words, ...], ...]
    reading: tuple[str, ...]
    """How to read alpha; blank where no coefficient is printed."""
    notes: tuple[str, ...]
    readings: bool = False
    """Whether differences are told as different readings, without coefficients."""


def agreement_report(compared: Compared, *, internal: bool = False) -> AgreementReport:
    """The report on a comparison of coders; `internal` adds the passages on which they differ, in their words.

    The study's approach sets its words: in a reflexive one differences are different readings, and there is no
    coefficient. Intervals that rest on fewer than five interviews are withheld.
    """
    reflexive = compared.approach == "reflexive"
    agreement = withhold(compared.agreement)
    units = compared_units(compared)
    about = compared.codebook.title or compared.codebook.id
    return AgreementReport(
        title=f"{'Different readings' if reflexive else 'Agreement'}: {about}",
        internal=internal,
        heading=_heading(compared),
        sentence=sentence(compared, units),
        to_paste=() if reflexive else tuple(to_paste(compared)),
        holds_for=tuple(holds_for(compared, units)),
        who=who_coded(compared),
        figures=(readings_table(agreement),) if reflexive else tuple(_figures(compared, agreement)),
        forest=None if reflexive else forest(agreement, WIDE),
        forest_narrow=None if reflexive else forest(agreement, NARROW),
        maps=tuple(heat_maps(agreement)),
        differences=tuple(_differences(compared, agreement, reflexive=reflexive)),
        disputed=tuple(disputed(compared)) if internal else (),
        methods=tuple(tuple(paragraph) for paragraph in methods(compared, units)),
        reading=() if reflexive else READING,
        notes=tuple(dict.fromkeys(_without_folders(note, compared.sources) for note in agreement.notes)),
        readings=reflexive,
    )


def _heading(compared: Compared) -> str:
    """The first line, where nobody declared that the people coded independently."""
    if compared.agreement.heading:
        return compared.agreement.heading
    silent = [coding.coder for coding in compared.people if coding.stage == "undeclared"]
    if not silent:
        return ""
    everybody = len(silent) == len(compared.people)
    return "independence of the coders: not declared" + ("" if everybody else f" ({listed(silent, most=6)})")


def _figures(compared: Compared, agreement: Agreement) -> list[Table]:
    tables = []
    among_people = _among_people(compared)
    if among_people is not None:
        tables.append(people_table(agreement, among_people))
    others = other_pairs(agreement)
    return [*tables, *model_tables(agreement), *([others] if others else [])]


def _among_people(compared: Compared) -> Agreement | None:
    """The figures of the people's codings alone, for the shares that stand beside their alpha; None without two."""
    people = compared.people
    if len(people) < 2:
        return None
    if len(people) == len(compared.codings):
        return compared.agreement
    try:
        return agree(compared.units, people, compared.codebook)
    except AgreementError:  # no two of them decided on one unit
        return None


def _differences(compared: Compared, agreement: Agreement, *, reflexive: bool) -> list[Table]:
    tested = [] if reflexive else [leans_table(agreement), guesses_table(agreement)]
    tables = [
        *interviews_tables(compared),
        confusions_table(agreement, tested=not reflexive),
        *tested,
        borders_table(agreement),
        rare_table(agreement),
        disputed_table(compared),
    ]
    return [table for table in tables if table is not None and table.rows]


def _without_folders(note: str, sources: Sequence[Path]) -> str:
    """A note whose files are named without their folders, which say where on whose machine the study lies."""
    for source in sources:
        for folder in (source, source.parent):
            for written in {f"{folder}/", f"{folder.as_posix()}/"}:
                if written != "./":
                    note = note.replace(written, "")
    return note
