"""Names as people write them in coding files -> the codes they mean, today or as earlier versions had them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autocode.codebook import below, codable, code_at_path, code_named, code_of, is_codable, match_code
from autocode.data import Code, Codebook
from autocode.errors import nearest
from autocode.history import Merges, gone
from autocode.locating.names import lines, refuse
from autocode.locating.turns import Line
from autocode.reading.coders import Reading, Unseen
from autocode.reading.human import HumanFiles


@dataclass(frozen=True)
class Codes:
    """What the code names in the files mean."""

    ids: Mapping[str, str]
    """For a name in a row of coding: the id of the code."""
    limits: Mapping[str, frozenset[str]]
    """For a name in coders.csv or unseen.csv: the ids it covers; a theme covers the codes below it."""
    memos: Mapping[str, str]
    """For a remark `code: memo` in a row of coding: the memo."""
    notes: tuple[str, ...]
    """A sentence for each name that was taken as another."""
    known: tuple[str, ...]
    """All codes that can be decided on: the codebook's, or without one those in the files."""
    gone: frozenset[str] = frozenset()
    """Ids of codes that an earlier version had, and nothing in today's stands for: what was coded with them is kept,
    and is no coding."""
    merges: Merges = field(default_factory=Merges)
    """What coding under codes that were merged counts as."""


def match_codes(files: HumanFiles, codebook: Codebook | None, versions: Mapping[str, Codebook] | None = None) -> Codes:
    """What each code name in the files means; without a codebook, itself.

    A code that is asked no more since it was merged counts as what it was merged into; one that an earlier version
    (`versions`) had, and nothing stands for, is gone, and told of.

    Raises InputError that lists names which are no code, or a theme that may not be applied, the first ten of them.
    """
    written: dict[str, Line] = {}
    for row in files.rows:
        if row.code and row.code not in written:
            written[row.code] = row
    limits: dict[str, Line] = {}
    for line in lines(files):
        names = line.codes if isinstance(line, Reading) else (line.code,) if isinstance(line, Unseen) else ()
        for name in filter(None, names):
            limits.setdefault(name, line)
    remarks = {row.code for row in files.rows if row.remark}
    if codebook is None:
        ids = {name: code_part(name) if name in remarks else name for name in written}
        return Codes(
            ids=ids,
            limits={name: frozenset({name}) for name in limits},
            memos={name: _memo_part(name) for name in remarks},
            notes=(),
            known=tuple(dict.fromkeys([*ids.values(), *limits])),
        )
    codes = {name: code_meant(codebook, name) for name in (*written, *limits)}
    earlier = Earlier.of(codebook, versions or {}, codes)
    codes |= earlier.counts_as
    faults = [
        (line, fault)
        for name, line in (*written.items(), *limits.items())
        if name not in earlier.gone and (fault := code_fault(codebook, name, codes[name], applied=name in written))
    ]
    refuse(faults)
    rows = Counter(row.code for row in files.rows)
    by_path = [
        f'{line.path}:{line.line}: "{name}" is taken as the code {code.id}, by its last part'
        for name, line in written.items()
        if (code := codes[name]) and code_named(codebook, name) is None and code is code_at_path(codebook, name)
    ]
    limited = {name: frozenset({earlier.gone[name]}) for name in limits if name in earlier.gone}
    ids = {name: code.id for name in written if (code := codes[name])}
    return Codes(
        ids={**ids, **{name: id for name, id in earlier.gone.items() if name in written}},
        limits=limited | {name: _covered(codebook, code) for name in limits if (code := codes[name])},
        memos={name: _memo_part(name) for name in remarks if not is_name(codebook, name)},
        notes=(*by_path, *earlier.notes(codebook, {name: (line, rows[name]) for name, line in written.items()})),
        known=tuple(code.id for code in codable(codebook)),
        gone=frozenset(earlier.gone.values()),
        merges=Merges.of(codebook),
    )


@dataclass(frozen=True)
class Earlier:
    """Names that today's codebook does not ask for, and an earlier version did."""

    counts_as: Mapping[str, Code]
    """The code of today that a merged one counts as."""
    gone: Mapping[str, str]
    """The id of a code that nothing stands for today."""

    @classmethod
    def of(cls, codebook: Codebook, versions: Mapping[str, Codebook], codes: Mapping[str, Code | None]) -> Earlier:
        """Which of some names these are; `codes` has what each means today, if anything."""
        merged = Merges.of(codebook).counts_as
        counts_as: dict[str, Code] = {}
        lost: dict[str, str] = {}
        newest_first = [versions[name] for name in sorted(versions, key=lambda name: (len(name), name), reverse=True)]
        for name, known in codes.items():
            then = known or next((code for book in newest_first if (code := code_meant(book, name))), None)
            id = then.id if then else name
            if id in merged and (into := code_of(codebook, merged[id])):
                counts_as[name] = into
            elif known is None and then is not None:
                lost[name] = id
        return cls(counts_as, lost)

    def id_of(self, name: str) -> str:
        """The id that coding under this name has; blank where no version had it."""
        return self.counts_as[name].id if name in self.counts_as else self.gone.get(name, "")

    def notes(self, codebook: Codebook, written: Mapping[str, tuple[Line, int]]) -> Iterator[str]:
        """A sentence for each of these names in the files, with its first line and how many rows have it."""
        for name, (line, n) in written.items():
            where = f"{line.path}:{line.line}"
            if name in self.counts_as:
                into = self.counts_as[name].id
                yield f'{where}: "{name}" was merged, so its {_rows(n, "count")} as the code {into}'
            elif name in self.gone:
                why = gone(codebook, self.gone[name])
                yield f'{where}: "{name}" is {why}: its {_rows(n, "count")} as no code of today, and stay in the file'


def _rows(n: int, does: str) -> str:
    return f"1 row {does}s" if n == 1 else f"{n:,} rows {does}"


def code_meant(codebook: Codebook, written: str) -> Code | None:
    """The code that a name in a file means: by id, name or alias, else by a path, else by what stands before a `:`."""
    return code_named(codebook, written) or code_at_path(codebook, written) or match_code(codebook, written)


def is_name(codebook: Codebook, written: str) -> bool:
    """Whether the whole of it names a code, so that nothing in it is a memo."""
    return (code_named(codebook, written) or code_at_path(codebook, written)) is not None


def code_part(remark: str) -> str:
    """What stands before the `:` of a remark."""
    return remark.split(":", 1)[0].strip() or remark


def _memo_part(remark: str) -> str:
    return remark.partition(":")[2].strip()


def _covered(codebook: Codebook, code: Code) -> frozenset[str]:
    if is_codable(codebook, code):
        return frozenset({code.id})
    return frozenset(child.id for child in below(codebook, code.id) if is_codable(codebook, child))


def code_fault(codebook: Codebook, name: str, code: Code | None, *, applied: bool) -> str:
    """Why a name cannot be used, with the next step; blank if it can."""
    if code is None:
        names = [known for c in codable(codebook) for known in (*c.aliases, c.name, c.id)]
        hint = nearest(name, names) or "; correct it, or add the code to the codebook"
        return f'the codebook has no code "{name}"{hint}'
    if applied and not is_codable(codebook, code):
        children = [child.id for child in below(codebook, code.id) if is_codable(codebook, child)]
        instead = f", or code what is below it ({', '.join(children)})" if children else ""
        return f'"{name}" is a theme that is not applied itself; write "codable: true" in the codebook{instead}'
    return ""
