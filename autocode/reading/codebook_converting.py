"""A codebook from one form of file to another, with what the other form cannot hold told before anything is written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from autocode.codebook import code_hash, folded, scope_hash
from autocode.data import Code, Codebook, Group
from autocode.errors import CodebookError
from autocode.reading.codebook_forms import formula_note
from autocode.reading.codebooks import read_codebook, write_codebook
from autocode.reading.decoding import decode


def convert_codebook(
    source: Path | str,
    target: Path | str,
    *,
    force: bool = False,
    encoding: str | None = None,
    tell: Callable[[str], object] | None = None,
) -> Codebook:
    """The codebook of one file, written to another in the form of its ending.

    `tell` gets a sentence for each thing that a person should know, before anything is written. Raises CodebookError
    where the target stands already (unless `force`) or cannot hold the codebook.
    """
    source, target = Path(source), Path(target)
    if target.exists() and source.exists() and target.samefile(source):
        raise CodebookError("is the file that is read; name another one to write", path=target)
    if target.exists() and not force:
        raise CodebookError("stands there already; name another file, or replace it with --force", path=target)
    codebook = read_codebook(source, encoding=encoding)
    told = (*codebook.notes, *_comments(source, encoding), *codebook_losses(codebook, target))
    for sentence in (*told, formula_note(codebook, target)):
        if sentence and tell is not None:
            tell(sentence)
    write_codebook(codebook, target)
    return codebook


def _comments(source: Path, encoding: str | None) -> Iterator[str]:
    """Told of comments in a YAML file: they are beside the codebook, so no other file gets them."""
    if source.suffix.lower() not in (".yaml", ".yml"):
        return
    text, _ = decode(source.read_bytes(), path=source, encoding=encoding)
    lines = [at for at, line in enumerate(text.split("\n"), start=1) if line.lstrip().startswith("#")]
    if lines:
        yield f"{source}:{lines[0]}: {_count(len(lines), 'line')} of comment, not carried over"


def codebook_losses(codebook: Codebook, path: Path | str) -> list[str]:
    """What a file with this ending would not hold of the codebook, a sentence each with counts; empty: it holds all.

    Found by writing the file to a temporary folder and reading it back, so that nothing can be overlooked. Raises
    CodebookError where the file could not be read back at all.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            write_codebook(codebook, copy)
            back = read_codebook(copy)
        except CodebookError as error:
            reason = str(error).partition(": ")[2]
            raise CodebookError(f"cannot hold this codebook: {reason}", path=path) from error
    return [f"{path}: this form does not hold {what}" for what in _lost(codebook, back)]


def _lost(before: Codebook, after: Codebook) -> Iterator[str]:
    if before.changes != after.changes:
        yield f"{_count(len(before.changes), 'change')} of its history"
    for what in ("id", "title", "version", "study_question"):
        if getattr(before, what) != getattr(after, what):
            yield f'the {what.replace("_", " ")}, "{getattr(before, what)}"'
    keys = _x_keys(before) - _x_keys(after)
    if keys:
        yield f"{_count(keys, 'x- key')}"
    yield from _lost_groups(before.groups, after.groups)
    yield from _lost_in_codes(before.codes, after.codes)
    hashes = {code.id: (code_hash(code), scope_hash(after, code)) for code in after.codes}
    if moved := [c.id for c in before.codes if hashes.get(c.id) != (code_hash(c), scope_hash(before, c))]:
        yield f"the hashes of {_count(len(moved), 'code')} ({_some(moved)}), which will count as edited"


def _x_keys(codebook: Codebook) -> int:
    holders: list[Mapping[str, Any]] = [codebook.extra, *(group.extra for group in codebook.groups)]
    for code in codebook.codes:
        holders += [code.extra, *(e.extra for e in code.examples), *(c.extra for c in code.counterexamples)]
    return sum(len(extra) for extra in holders)


def _lost_groups(before: tuple[Group, ...], after: tuple[Group, ...]) -> Iterator[str]:
    kept = {group.id: group for group in after}
    if gone := [group.id for group in before if group.id not in kept]:
        yield f"{_count(len(gone), 'group')} ({_some(gone)})"
    same = [(group, kept[group.id]) for group in before if group.id in kept]
    if other := [a.id for a, b in same if a.pick != b.pick or set(a.codes) != set(b.codes)]:
        yield f"the codes of {_count(len(other), 'group')} ({_some(other)})"
    if any(a.codes != b.codes for a, b in same) or [a.id for a, _ in same] != [group.id for group in after]:
        yield "the order of groups, or of codes in them (no hash changes)"


def _lost_in_codes(before: tuple[Code, ...], after: tuple[Code, ...]) -> Iterator[str]:
    kept = {code.id: code for code in after}
    if gone := [code.id for code in before if code.id not in kept]:
        yield f"{_count(len(gone), 'code')} ({_some(gone)})"
    same = [(code, kept[code.id]) for code in before if code.id in kept]
    sources = sum(bool(e.source) for a, _ in same for e in a.examples)
    if left := sources - sum(bool(e.source) for _, b in same for e in b.examples):
        yield f"the sources of {_count(left, 'example')}"
    for field in Code.model_fields:
        pairs = [(a.id, _words_of(a, field), _words_of(b, field)) for a, b in same if field not in ("id", "extra")]
        if changed := [id for id, a, b in pairs if _folded(a) != _folded(b)]:
            yield f"{field} of {_count(len(changed), 'code')} ({_some(changed)})"
        if spaced := [id for id, a, b in pairs if a != b and _folded(a) == _folded(b)]:
            yield f"white space in the {field} of {_count(len(spaced), 'code')} ({_some(spaced)}; no hash changes)"


def _words_of(code: Code, field: str) -> Any:
    """What a field says; of examples without their sources, which are counted apart."""
    if field == "examples":
        return tuple(example.text for example in code.examples)
    if field == "counterexamples":
        return tuple((counterexample.text, counterexample.use) for counterexample in code.counterexamples)
    return getattr(code, field)


def _folded(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_folded(inner) for inner in value)
    return folded(value) if isinstance(value, str) else value


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
