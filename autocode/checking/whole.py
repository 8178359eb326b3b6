"""The check of a whole study: each part by itself, so that a fault in one of them ends only its own part."""

from __future__ import annotations

from pathlib import Path

from autocode.asking import BASELINE, model_coder
from autocode.checking.coded import codebook_of, coders_of, described_codebook, described_coder
from autocode.checking.files import described, mixed_turns, read, reader_notes
from autocode.checking.people import about_speakers, seen_once
from autocode.checking.spending import cost_of, sending_of
from autocode.checking.told import Told
from autocode.reporting.check_report import Check, ranked
from autocode.study import Study


def check(
    study: Study,
    *,
    codebook: Path | None = None,
    model: str | None = None,
    base_url: str | None = None,
    encoding: str | None = None,
) -> Check:
    """What a person should know of a study before a model is asked: its files, people, codebook, coding and cost.

    Never raises for what is wrong with the study: that is in `findings`, the most important first.
    """
    told = Told()
    texts, unread = read(study, encoding, told)
    checked = [described(text, study, encoding) for text in texts]
    everybody = [speaker for one in checked for speaker in one.speakers]
    book = codebook_of(study, codebook, told)
    told.add(about_speakers(study, texts, everybody, book))
    told.add(seen_once(texts, everybody))
    told.add(mixed_turns(checked))
    told.add(reader_notes(texts))
    imports, coders = coders_of(study, texts, book, encoding, told)
    cost, sending = None, None
    if book is not None and texts:
        with told.part("model"):
            name = model or study.config.model or BASELINE
            # As in a run: a base URL of the study is for its models, and the baseline asks no server.
            coder = model_coder(name, book, base_url=base_url or (study.config.base_url if name != BASELINE else None))
            sending, going = sending_of(study, coder, book, texts, told)
            cost = cost_of(study, coder, book, texts, going, told)
    return Check(
        study=str(study.root if study.config.file else study.config.transcripts),
        transcripts=tuple(checked),
        unread=tuple(unread),
        codebook=None if book is None else described_codebook(book),
        imports=tuple(imports),
        coders=tuple(map(described_coder, coders)),
        cost=cost,
        sending=sending,
        findings=ranked(told.findings),
    )
