"""What a study's people do about their disagreements: an agenda to meet over, its decisions back, and one coding.

agree → agenda → (the meeting) → decisions.csv → settled.csv
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autocode.agreement import Marks, differing, without
from autocode.coding import Cell, Cells, Settled, Taken, decided, read_for_settling, settle, take_decisions
from autocode.compared import Compared
from autocode.config import FILE
from autocode.data import Disputes
from autocode.errors import ConfigError
from autocode.reading import read_decisions
from autocode.study import Study

DECISIONS = "decisions.csv"


def open_disputes(compared: Compared) -> tuple[Disputes, list[str]]:
    """The disputed passages that the study has no decision about, and what is to be told of its decisions."""
    found = compared.disputes()
    lines = read_decisions(compared.study.root / DECISIONS) if compared.study.config.file else []
    if not lines:
        return found, []
    stands = decided(lines, _cells(compared))
    return without(found, stands.ids), stands.notes


def open_counts(compared: Compared) -> tuple[dict[str, int], int]:
    """How many passages of each code are disputed and not decided, most first, and how many are decided."""
    marks = _marks(compared)
    between = differing(compared.coders, among=compared.named)
    lines = read_decisions(compared.study.root / DECISIONS) if compared.study.config.file else []
    cells = Cells(marks, compared.codebook)
    ids = decided(lines, cells).ids if lines else {}
    counts: dict[str, int] = {}
    left_out = 0
    for code in marks.codes:
        units = marks.disputed(code, between)
        left = sum(cells.id(Cell(unit, code.id)) not in ids for unit in units) if ids else len(units)
        left_out += len(units) - left
        if left:
            counts[code.id] = left
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))), left_out


def decisions_from(compared: Compared, agenda: Path) -> Taken:
    """Read a filled agenda into the study's decisions.csv. Raises ConfigError where these codings are of no study."""
    if not compared.study.config.file:
        raise ConfigError(
            f"decisions are kept in a study, and there is none around this coding; make one (an empty {FILE} beside "
            "the folder of coding is enough) and name it"
        )
    return take_decisions(agenda, compared.study.root / DECISIONS, _cells(compared))


def settle_study(
    study: Study, *, with_runs: Sequence[Path] = (), wide: Sequence[str] = (), yes_from: float | None = None
) -> Settled:
    """Write the study's own coding, `coding/settled.csv`: what people agree on, and what was decided or reviewed.

    Settled are the codings of people whose stage is independent or undeclared, whatever runs there are: a study's own
    coding is people's, unless somebody says with `with_runs` that a model's reading is to count as one more. Passages
    that are disputed and not decided are in the result, and not in the file.

    Raises InputError where there is nothing to settle.
    """
    codebook = study.codebook()
    transcripts, _ = study.transcripts()
    people, runs, notes = read_for_settling(
        study.config.coding,
        with_runs,
        transcripts,
        codebook,
        exclude_speakers=study.config.exclude_speakers,
        versions=study.versions(),
        wide=wide,
        yes_from=yes_from,
    )
    folder = study.config.coding
    settled = settle(
        people,
        runs,
        transcripts,
        codebook,
        read_decisions(study.root / DECISIONS),
        folder.parent if folder.is_file() else folder,
        by=study.config.unit,
        exclude_speakers=study.config.exclude_speakers,
    )
    return settled.model_copy(update={"notes": tuple(dict.fromkeys((*notes, *settled.notes)))})


def _cells(compared: Compared) -> Cells:
    return Cells(_marks(compared), compared.codebook)


def _marks(compared: Compared) -> Marks:
    return Marks(compared.units, compared.coders, compared.transcripts, compared.codebook)
