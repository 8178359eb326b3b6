"""A study → what has to be read again since its codebook changed."""

from __future__ import annotations

from autocode.coding import distinct
from autocode.data import RereadingList
from autocode.history import odd_changes
from autocode.rereading import owed
from autocode.study import Study


def codebook_status(study: Study, *, encoding: str | None = None, skip_bad: bool = False) -> RereadingList:
    """The re-reading list of a study: what each coder and each run decided under an older definition, and what is done.

    It follows from coders.csv, `changes` and the coding; nothing is entered for it.

    Raises TranscriptError for transcripts that cannot be read (with `skip_bad` they are told in its notes and listed in
    `skipped`), and what reading codebook and coding raises.
    """
    codebook, versions = study.codebook(), study.versions()
    texts, bad = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    study = study.without(bad)
    paths = study.sources([study.root])
    found = study.codings(paths, texts, codebook, versions=versions, encoding=encoding)
    owing = owed(
        paths,
        distinct(found),
        {text.id: text for text in texts},
        codebook,
        versions=versions,
        encoding=encoding,
    )
    told = odd_changes(codebook, versions, study.config.codebook)
    left_out = (f"left out: {error}" for error in bad)
    return owing.model_copy(
        update={"notes": (*left_out, *told, *owing.notes), "skipped": tuple(str(error.path or "") for error in bad)}
    )
