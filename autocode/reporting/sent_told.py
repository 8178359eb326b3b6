"""What left this machine, in sentences: the answer in one, and what a reader has to know beside the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autocode.reporting.run_list import between
from autocode.reporting.sent import NOT_RECORDED, WORKERS, SentPlace, SentRun, Stayed
from autocode.reporting.sent_trail import Trail


def in_words(places: Iterable[SentPlace], runs: Iterable[SentRun], stayed: Iterable[Stayed]) -> str:
    """The answer in a sentence, for somebody who reads no further."""
    went = [place for place in places if place.first]
    runs, stayed = list(runs), list(stayed)
    if not runs:
        many = f" by {_many(len(stayed), 'run')}" if stayed else ": there is no run"
        return f"Nothing left this machine{many}."
    if not went:
        return f"No answer from another machine is recorded; {_many(len(runs), 'run')} may have asked one."
    told = "; ".join(map(_went, went))
    return f"{told[:1].upper()}{told[1:]}.{_by_batch(runs)}"


def _by_batch(runs: Iterable[SentRun]) -> str:
    """Whether what was handed in by batch still lies there."""
    batches = [batch for run in runs for batch in run.batches]
    if left := sum(len(batch.lies_there) for batch in batches):
        lie = f"{left:,} files or batches still lie" if left > 1 else "one file or batch still lies"
        return f" Of what was handed in by batch {lie} there."
    hows = {each.how for batch in batches for each in batch.deletions}
    gone = ", or was not found there any more" * ("gone" in hows)
    return f" What was handed in by batch is deleted there{gone}." if hows else ""


def _went(place: SentPlace) -> str:
    what = f"{_words(place)} of {_many(place.transcripts, 'interview')}"
    way = "went to a program of your own, and where that sends them is not recorded,"
    if place.to == WORKERS:
        way = f"went to the {WORKERS}, and on which machines those are is not recorded,"
    elif place.to != NOT_RECORDED:
        way = f"left this machine for {place.to},"
    return f"{what} {way} {between(place.first, place.last)}"


def _words(place: SentPlace) -> str:
    if place.words is None:
        return "words (how many is not known any more)"
    return f"{'about ' * place.estimated}{place.words:,} words"


def notes(trails: list[Trail], runs: Iterable[SentRun], stayed: Iterable[Stayed]) -> Iterator[str]:
    """What a reader has to know beside the figures."""
    for trail in trails:
        for journal in (trail.run.plan, trail.run.calls):
            if journal.torn:
                yield f"{journal.path}: {journal.torn} torn lines of a process that died are not counted"
    for run in runs:
        if run.calls_unanswered:
            more = sum(row.words_unanswered or 0 for row in run.transcripts)
            yield (
                f"{run.run}: {_many(run.calls_unanswered, 'planned call')} without a recorded answer may have been "
                f"sent, with up to {more:,} more words: a request that nobody answers leaves no record"
            )
        if run.first and not run.approvals:
            yield f"{run.run}: no approval is recorded (`autocode run` asks for one, the Python interface does not)"
        elif run.first and run.first < min(approval.at for approval in run.approvals):
            yield f"{run.run}: the first request, {run.first}, was made before the first approval was recorded"
        if names := sorted({row.transcript for row in run.transcripts if row.withheld_now and row.calls}):
            yield f"{run.run}: participants.csv says today that no other machine may have {', '.join(names)}"
        yield from _left_there(run)
        if run.to != WORKERS and any(not workers.here for workers in run.workers):
            yield (
                f"{run.run}: the calls were made by the workers of an executor, so the words went to them, too; on "
                "which machines those are is not recorded"
            )
        if names := list(run.examples.withheld_now):
            yield (
                f"{run.run}: the codebook that went with every call has examples from {', '.join(names)}, whom "
                "participants.csv keeps on this machine today"
            )
        if names := sorted({row.transcript for row in run.transcripts if row.estimated}):
            yield (
                f"{run.run}: the texts of {_many(len(names), 'interview')} have changed or gone since, so their words "
                f"are estimated or unknown, and only the characters certain: {', '.join(names[:10])}"
                + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            )
    if any(trail.shared for trail in trails):
        yield "equal answers that went as one are counted for each interview that has them"
    if servers := sorted({run.endpoint for run in stayed if run.why == "this machine"}):
        yield f"what a server on this machine does with the words cannot be seen from here: {', '.join(servers)}"


def _left_there(run: SentRun) -> Iterator[str]:
    """What lies at the provider of batches that are done with."""
    over = [batch for batch in run.batches if batch.state in ("done", "never arrived")]
    kept = {each.id for batch in over for each in batch.deletions if each.how == "kept"}
    left = [id for batch in over for id in batch.lies_there]
    if ids := [id for id in left if id not in kept]:
        yield (
            f"{run.run}: what {run.to} keeps of batches that are done with is not deleted yet ({', '.join(ids)}): the "
            "next `autocode run` of it tries, or delete it there by hand"
        )
    if ids := [id for id in left if id in kept]:
        yield f"{run.run}: {run.to} still keeps {', '.join(ids)}, which autocode does not delete; ask for it there"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
