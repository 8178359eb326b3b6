"""The journals of some runs -> what left this machine by them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from autocode.codebook import asked
from autocode.data import Codebook, Transcript
from autocode.errors import RunError
from autocode.loopback import is_loopback
from autocode.reading import Participants
from autocode.reporting.sent import Sent, SentExamples, SentRun, SentTranscript, Stayed
from autocode.reporting.sent_told import in_words, notes
from autocode.reporting.sent_trail import Text, Trail, batches_of, count, endpoint_of, followed
from autocode.runs import Run


def what_left(
    folders: Iterable[Path | str], transcripts: Iterable[Transcript], *, participants: Participants | None = None
) -> Sent:
    """What left this machine by some runs, from their journals: which words of whom, for where, when, and who agreed.

    Transcripts may come one at a time. Where a text has changed since, or is not among them, its words are estimated,
    or None. Raises RunError for a folder without a run.
    """
    people = participants or Participants()
    trails: list[Trail] = []
    stayed: list[Stayed] = []
    for folder in folders:
        run = Run(folder)
        info = run.info
        if info is None:
            raise RunError(f"{run.path}: there is no run here; make one with `autocode run`")
        endpoint = endpoint_of(info)
        by_others = any(not workers.here for workers in info.workers)
        if (info.baseline or (endpoint and is_loopback(endpoint))) and not by_others:
            why: Literal["baseline", "this machine"] = "baseline" if info.baseline else "this machine"
            stayed.append(Stayed(run=run.path.as_posix(), model=info.model, why=why, endpoint=endpoint))
        else:
            trails.append(followed(run, info, endpoint))
    places = count(trails, transcripts)
    runs = tuple(_run(trail, people) for trail in sorted(trails, key=lambda t: (t.to, t.run.path.as_posix())))
    return Sent(
        in_words=in_words(places, runs, stayed),
        places=places,
        runs=runs,
        stayed=tuple(stayed),
        notes=tuple(notes(trails, runs, stayed)),
    )


def _run(trail: Trail, people: Participants) -> SentRun:
    rows = tuple(_transcript(trail, text, people) for text in sorted(trail.texts))
    return SentRun(
        run=trail.run.path.as_posix(),
        to=trail.to,
        endpoint=trail.endpoint,
        model=trail.info.model,
        codebook=f"{trail.info.codebook.id} v{trail.info.codebook.version}",
        approvals=trail.info.send,
        first=min((row.first for row in rows if row.first), default=""),
        last=max((row.last for row in rows), default=""),
        calls=trail.calls,
        calls_handed_in=trail.handed_in,
        calls_unanswered=trail.unanswered,
        usage=trail.usage,
        examples=_examples(trail.info.codebook, people),
        transcripts=rows,
        batches=batches_of(trail.run),
        workers=trail.info.workers,
    )


def _transcript(trail: Trail, text: Text, people: Participants) -> SentTranscript:
    going, (in_all, words, estimated) = trail.texts[text], trail.counts[text]
    return SentTranscript(
        transcript=text[0],
        text_sha256=text[1],
        participants=people.in_transcript.get(text[0], ()),
        words_in_all=in_all,
        words=words.distinct if words else None,
        words_in_requests=words.sent if words else None,
        words_as_context=words.shown if words else None,
        words_in_repeats=words.repeated if words else None,
        words_unanswered=words.unanswered if words else None,
        characters=sum(map(len, going.spans())),
        estimated=estimated,
        calls=going.calls,
        first=going.first,
        last=going.last,
        withheld_now=text[0] in people.kept_here,
    )


def _examples(codebook: Codebook, people: Participants) -> SentExamples:
    found = [example for code in asked(codebook) for example in code.examples]
    sources = tuple(sorted({example.source for example in found if example.source}))
    return SentExamples(
        examples=len(found),
        words=sum(len(example.text.split()) for example in found),
        sources=sources,
        withheld_now=tuple(source for source in sources if source in people.kept_here),
    )
