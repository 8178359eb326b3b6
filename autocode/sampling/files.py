"""`samples/NAME.csv`: the turns of a sample, with what it is for and how likely each was to be drawn."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import cast, get_args

from autocode.data import Transcript
from autocode.errors import InputError, nearest
from autocode.files import write_whole
from autocode.reading.tables import Table, read_table
from autocode.sampling.drawing import Purpose, Sample, SampledTurn

COLUMNS = ("transcript", "turn", "purpose", "probability", "block", "blocks")
FOLDER = "samples"
LOOKS = ".looks"


def sample_path(study: Path, name: str) -> Path:
    """Where a study keeps the sample of this name. Raises InputError where that is no plain name."""
    if not re.fullmatch(r"[\w-]+", name):
        raise InputError(f'"{name}" cannot be the name of a sample; use letters, digits, "-" and "_"')
    return study / FOLDER / f"{name}.csv"


def refuse_to_replace(path: Path, *, force: bool = False) -> None:
    """Raises InputError where there is a sample already; with `force` only if coding has been compared on it."""
    if path.exists() and looks_path(path).exists():
        raise InputError(
            "this sample is there already, and coding has been compared on it; draw the new one under another name",
            path=path,
        )
    if path.exists() and not force:
        raise InputError(
            "this sample is there already, and people may be coding it; choose another name, or replace it with "
            "--force",
            path=path,
        )


def looks_path(path: Path) -> Path:
    """Where it is written down when coding was compared on a sample."""
    return path.with_name(f"{path.stem}{LOOKS}.csv")


def write_sample(path: Path, sample: Sample) -> None:
    """Writes a sample, whatever stood there."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in sample.turns:
        writer.writerow([t.transcript, t.turn, t.purpose, f"{t.probability:.6g}", t.block, t.blocks])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, buffer.getvalue())


def read_sample(path: Path) -> list[SampledTurn]:
    """The turns of a sample. Raises InputError, with path:line, for what is no such table."""
    if not path.exists():
        there = [other.stem for other in sample_files(path.parent.parent)]
        raise InputError(
            f"there is no such sample{nearest(path.stem, there)}; draw it with `autocode sample`", path=path
        )
    table = read_table(path)
    if missing := [name for name in COLUMNS[:3] if not table.has(name)]:
        raise InputError(f'it has no column "{missing[0]}"; a sample has {",".join(COLUMNS[:4])}', path=path, line=1)
    return [_turn(table, line, row) for line, row in table.rows]


def _turn(table: Table, line: int, row: dict[str, str]) -> SampledTurn:
    purpose = row["purpose"].strip()
    if purpose not in get_args(Purpose):
        known = get_args(Purpose)
        raise InputError(f'"{purpose}" is no purpose; write {", ".join(known)}', path=table.path, line=line)
    try:
        probability = float(row.get("probability", "").strip() or 1)
        turn, block, blocks = (int(row.get(key, "").strip() or 0) for key in ("turn", "block", "blocks"))
    except ValueError:
        message = "turn is a whole number, and probability a number up to 1 with a point; correct the row"
        raise InputError(message, path=table.path, line=line) from None
    if turn < 1 or not 0 < probability <= 1:
        raise InputError("a turn counts from 1, and a probability is over 0 and up to 1", path=table.path, line=line)
    return SampledTurn(
        transcript=unicodedata.normalize("NFC", row["transcript"].strip()),
        turn=turn,
        purpose=cast(Purpose, purpose),
        probability=probability,
        block=block,
        blocks=blocks,
    )


def sample_files(study: Path) -> list[Path]:
    """The samples of a study, by name."""
    return sorted(path for path in (study / FOLDER).glob("*.csv") if not path.stem.endswith(LOOKS))


def other_samples(study: Path, name: str) -> list[SampledTurn]:
    """The turns of all samples of a study but one."""
    return [turn for path in sample_files(study) if path.stem != name for turn in read_sample(path)]


def unknown_turns(sample: Iterable[SampledTurn], transcripts: Iterable[Transcript]) -> list[str]:
    """A sentence for each transcript of a sample that is not there, or no longer has a turn of that number."""
    turns = {transcript.id: {turn.number for turn in transcript.turns} for transcript in transcripts}
    gone: dict[str, int] = {}
    for turn in sample:
        if turn.turn not in turns.get(turn.transcript, ()):
            gone[turn.transcript] = gone.get(turn.transcript, 0) + 1
    return [
        f"{id}: {n} turn{'s' * (n > 1)} of the sample {'are' if n > 1 else 'is'} not there"
        + nearest(id, turns) * (id not in turns)
        for id, n in gone.items()
    ]
