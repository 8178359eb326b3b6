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
from autocode.reporting.basis import Basis
from autocode.reporting.confusion_tables import borders_table, confusions_table, guesses_table, leans_table
from autocode.reporting.differences import DisputedUnit, differences_table, disputed_units
from autocode.reporting.forest import NARROW, WIDE, Forest, forest
from autocode.reporting.further_tables import alternative_tables, ratings_table
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
    disputed: tuple[DisputedUnit, ...] = ()
    """The passages with their words; only in the internal form."""
    methods: tuple[tuple[Words, ...], ...]
    reading: tuple[str, ...]
    """How to read alpha; blank where no coefficient is printed."""
    notes: tuple[str, ...]
    readings: bool = False
    """Whether differences are told as different readings, without coefficients."""


def agreement_report(basis: Basis, *, internal: bool = False) -> AgreementReport:
    """The report on a comparison of coders; `internal` adds the passages on which they differ, in their words.

    The study's approach sets its words: in a reflexive one differences are different readings, and there is no
    coefficient. Intervals that rest on fewer than five interviews are withheld.
    """
    reflexive = basis.approach == "reflexive"
    agreement = withhold(basis.agreement)
    units = compared_units(basis)
    about = basis.codebook.title or basis.codebook.id
    return AgreementReport(
        title=f"{'Different readings' if reflexive else 'Agreement'}: {about}",
        internal=internal,
        heading=_heading(basis),
        sentence=sentence(basis, units),
        to_paste=() if reflexive else tuple(to_paste(basis)),
        holds_for=tuple(holds_for(basis, units)),
        who=who_coded(basis),
        figures=(readings_table(agreement),) if reflexive else tuple(_figures(basis, agreement)),
        forest=None if reflexive else forest(agreement, WIDE),
        forest_narrow=None if reflexive else forest(agreement, NARROW),
        maps=tuple(heat_maps(agreement)),
        differences=tuple(_differences(basis, agreement, reflexive=reflexive)),
        disputed=tuple(disputed_units(basis.disputes)) if internal else (),
        methods=tuple(tuple(paragraph) for paragraph in methods(basis, units)),
        reading=() if reflexive else READING,
        notes=tuple(dict.fromkeys(_without_folders(note, basis.sources) for note in agreement.notes)),
        readings=reflexive,
    )


def _heading(basis: Basis) -> str:
    """The first line, where nobody declared that the people coded independently."""
    if basis.agreement.heading:
        return basis.agreement.heading
    silent = [coding.coder for coding in basis.people if coding.stage == "undeclared"]
    if not silent:
        return ""
    everybody = len(silent) == len(basis.people)
    return "independence of the coders: not declared" + ("" if everybody else f" ({listed(silent, most=6)})")


def _figures(basis: Basis, agreement: Agreement) -> list[Table]:
    tables = []
    among_people = _among_people(basis)
    if among_people is not None:
        tables.append(people_table(agreement, among_people))
    more = [found for found in (other_pairs(agreement), ratings_table(agreement)) if found is not None]
    return [*tables, *model_tables(agreement), *more, *alternative_tables(agreement)]


def _among_people(basis: Basis) -> Agreement | None:
    """The figures of the people's codings alone, for the shares that stand beside their alpha; None without two."""
    people = basis.people
    if len(people) < 2:
        return None
    if len(people) == len(basis.codings):
        return basis.agreement
    try:
        return agree(basis.units, people, basis.codebook)
    except AgreementError:  # no two of them decided on one unit
        return None


def _differences(basis: Basis, agreement: Agreement, *, reflexive: bool) -> list[Table]:
    tested = [] if reflexive else [leans_table(agreement), guesses_table(agreement)]
    tables = [
        *interviews_tables(basis),
        confusions_table(agreement, tested=not reflexive),
        *tested,
        borders_table(agreement),
        None if reflexive else rare_table(agreement),
        differences_table(basis.disputes),
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
