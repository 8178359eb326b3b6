"""Coding done since the last release → the column `codebook` of coders.csv, so that nobody has to remember it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from autocode.data import Codebook
from autocode.files import write_whole
from autocode.history import RELEASED
from autocode.reading import read_coders, read_human
from autocode.reading.coding_files import may_hold_coding
from autocode.reading.decoding import decode
from autocode.reading.human import SETTLED, SETTLED_UNSEEN
from autocode.reading.tables import column_key
from autocode.study import Study

# What lies beside people's coding, or, as the last two, is derived from it: `settle` writes them anew.
_BESIDE = ("coders.csv", "unseen.csv", "decisions.csv", SETTLED, SETTLED_UNSEEN)


@dataclass(frozen=True)
class Stamp:
    """Lines of coders.csv that say no version, of coders whose files have changed since the last release."""

    path: Path
    """coders.csv."""
    version: str
    """Under which they worked: the one that stood until now."""
    files: tuple[str, ...]
    lines: tuple[int, ...]
    coders: tuple[str, ...]

    def write(self) -> None:
        """Write the version into those lines; every other cell stays as it is."""
        text, _ = decode(self.path.read_bytes(), path=self.path)
        header = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=header.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[str]] = []
        starts: list[int] = []
        line = 1
        for row in reader:
            rows.append(row)
            starts.append(line)
            line = reader.line_num + 1
        keys = [column_key(cell) for cell in rows[0]]
        if "codebook" not in keys:
            rows[0].append("codebook")
            keys.append("codebook")
        at = keys.index("codebook")
        for row, start in zip(rows[1:], starts[1:], strict=True):
            if start in self.lines:
                row += [""] * (len(keys) - len(row))
                row[at] = self.version
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        write_whole(self.path, out.getvalue())


def coding_hashes(study: Study) -> dict[str, str]:
    """The hash of each coding file of a study, by name: what a release remembers."""
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in _files(study)}


def _files(study: Study) -> Iterator[Path]:
    folder = study.config.coding
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.is_file() and file.name.casefold() not in _BESIDE and may_hold_coding(file):
            yield file


def stamp_of(study: Study, base: Codebook | None, version: int) -> Stamp | None:
    """Which lines of coders.csv could be stamped, and with what; None where there is none.

    `base` is the last release, which remembers the coding files as they were then; without one all have changed.
    """
    path = study.config.coding / "coders.csv"
    if not path.is_file():
        return None
    stamp = base.extra.get(RELEASED) if base is not None else None
    before = stamp.get("coding", {}) if isinstance(stamp, Mapping) else {}
    changed = [file for file in _files(study) if before.get(file.name) != sha256(file.read_bytes()).hexdigest()]
    done = {(row.coder.casefold(), row.transcript.casefold()) for file in changed for row in read_human(file).rows}
    blank = [
        reading
        for reading in read_coders(path)[0]
        if not reading.codebook and (reading.coder.casefold(), reading.transcript.casefold()) in done
    ]
    if not blank:
        return None
    return Stamp(
        path=path,
        version=str(base.version if base is not None else version),
        files=tuple(file.name for file in changed),
        lines=tuple(reading.line for reading in blank),
        coders=tuple(dict.fromkeys(reading.coder for reading in blank)),
    )
