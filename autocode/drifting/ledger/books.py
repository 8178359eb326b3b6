"""What the versions of a codebook said, wherever that is kept: frozen, as today's codebook, or in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autocode.codebook import codable, code_of
from autocode.data import Code, Codebook
from autocode.drifting.levels import with_gone
from autocode.runs import RunInfo
from autocode.study import Study


def today(study: Study, runs: Sequence[RunInfo]) -> Codebook:
    """The study's codebook, or where it has none that of the latest version among its runs."""
    if study.config.codebook.is_file() or not runs:
        return study.codebook()
    return max((info.codebook for info in runs), key=lambda book: book.version)


def kept_books(now: Codebook, frozen: Mapping[str, Codebook], runs: Sequence[RunInfo]) -> dict[str, Codebook]:
    """The codebook of each version by number: the frozen one, else today's if it is that, else what a run holds."""
    kept = {str(now.version): now, **frozen}
    for info in runs:
        if info.codebook.id == now.id:
            kept.setdefault(str(info.codebook.version), info.codebook)
    return dict(sorted(kept.items(), key=lambda pair: int(pair[0])))


def every_code(now: Codebook, kept: Iterable[Codebook], runs: Iterable[Codebook]) -> Codebook:
    """Today's codebook with the codes of all others at its end, so that coding under any version can be read.

    A code may be applied if it might be in any version. It has the examples of all versions: a passage that one of
    them quotes is left out beside a model under every version, so that all figures of a line rest on the same passages.
    """
    books = [now, *sorted(kept, key=lambda book: -book.version), *runs]
    book = now
    for other in books[1:]:
        book = with_gone(book, other)
    applied = {code.id for each in books for code in codable(each)}
    return book.model_copy(update={"codes": tuple(_whole(code, books, applied) for code in book.codes)})


def _whole(code: Code, books: Sequence[Codebook], applied: set[str]) -> Code:
    versions = [each for book in books if (each := code_of(book, code.id))]
    return code.model_copy(
        update={
            "codable": code.id in applied,
            "status": "active",  # what a version asked for is read as it was, whatever became of it
            "examples": tuple(example for each in versions for example in each.examples),
            "counterexamples": tuple(example for each in versions for example in each.counterexamples),
        }
    )
