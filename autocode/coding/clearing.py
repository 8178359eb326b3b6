"""What a batch leaves at a provider is deleted there, once every answer of it is on this disk.

The requests hold interviews, and the results quote them; OpenAI keeps both as files until somebody deletes them, and
Anthropic the batch for weeks. A deletion that fails stops nothing: it is told, and tried again by the next command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autocode.asking import Coder, NotThere, VendorBatches, batches_of
from autocode.data import Deletion
from autocode.errors import AutocodeError
from autocode.runs import BatchLine, BatchStory, Run
from autocode.runs.run import now

_NAMED = 10

Patiently = Callable[[Callable[[], Deletion]], Deletion]
"""How a call is made that a busy provider may have to be asked for again."""


def clear(run: Run, coder: Coder, patiently: Patiently) -> None:
    """Delete at the provider what it keeps of the batches of a run that are done with; what fails is in `run.notes`."""
    todo = [story for story in run.batches.stories() if story.over and story.undeleted != ()]
    if not todo:
        return
    kept: list[str] = []
    where = "the provider"
    try:
        if run.calls.path.exists():
            run.calls.sync()
        run.batches.sync()
        vendor = batches_of(coder)
        where = vendor.where
        for story in todo:
            kept += _clear_one(run, vendor, story, patiently)
    except AutocodeError as error:
        left = [id for story in run.batches.stories() if story.over for id in _still(story)]
        run.notes.append(
            f"{run.batches.path}: what {where} keeps of batches that are done with is not deleted ({error}): "
            f"{_some(left)}; the next command tries again, or delete it there by hand"
        )
    if kept:
        run.notes.append(
            f"{run.batches.path}: {where} deletes nothing, so what batches left there stays: {_some(kept)}; ask who "
            "runs it to delete it"
        )


def _clear_one(run: Run, vendor: VendorBatches, story: BatchStory, patiently: Patiently) -> list[str]:
    """Delete what there is of one batch, and write down what became of it; the ids of what the provider keeps."""
    there = story.there if story.there is not None else _looked_up(vendor, story)
    became: dict[str, Deletion] = {}
    try:
        for id in there:
            if id not in story.became:
                became[id] = patiently(lambda id=id: vendor.deleted(id))  # type: ignore[misc]
    finally:
        if became or story.there is None:
            run.batches.add([BatchLine(story.token, "deleted", now(), there=there, became=became)])
    return [id for id, what in became.items() if what == "kept"]


def _looked_up(vendor: VendorBatches, story: BatchStory) -> tuple[str, ...]:
    """What the provider keeps of a batch where nobody wrote it down: the process died, or an older version made it."""
    if not story.batch:
        return vendor.uploads(story.token)
    try:
        return vendor.keeps(vendor.state(story.batch))
    except NotThere:
        return tuple(filter(None, [story.input_file]))


def _still(story: BatchStory) -> Sequence[str]:
    """The ids that are still to be deleted, as far as they are known."""
    left = story.undeleted
    return left if left is not None else [story.batch or f"the upload autocode-{story.token}.jsonl"]


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
