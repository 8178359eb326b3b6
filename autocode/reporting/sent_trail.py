"""What the journals of a run say of the words that it sent.

`calls.jsonl` has every answered request, also those that were cut, refused or unreadable, and `plan.jsonl` the turns
that were shown with them. `batches.jsonl` has what a provider took and has not answered. Any other request that nobody
answered leaves no record: so what was planned and has no answer may have been sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autocode.asking.clients import VENDORS
from autocode.data import Span, Transcript, Usage, merged
from autocode.loopback import host_of, is_loopback
from autocode.reporting.sent import NOT_RECORDED, WORKERS, SentBatch, SentDeletion, SentPlace
from autocode.reporting.sent_words import Counted, Going, Rate, SpokenWords, counted, spans_by_text
from autocode.runs import BatchStory, Planned, Run, RunInfo

Text = tuple[str, str]
"""A transcript's id and the hash of the text that it had."""


@dataclass
class Trail:
    """What the journals of one run say."""

    run: Run
    info: RunInfo
    endpoint: str
    texts: dict[Text, Going] = field(default_factory=dict)
    counts: dict[Text, tuple[int | None, Counted | None, bool]] = field(default_factory=dict)
    calls: int = 0
    handed_in: int = 0
    """Calls that a provider took in a batch, and that have no answer, or none yet: they left all the same."""
    unanswered: int = 0
    usage: Usage = field(default_factory=Usage)
    shared: bool = False
    """Whether equal answers of several transcripts went as one."""

    def add(self, at: str, about: dict[Text, set[Span]], shown: dict[Text, set[Span]], *, is_repeat: bool) -> None:
        """Count a request, with the stretches that it was about and those that it only showed."""
        for text in {**about, **shown}:
            self.texts.setdefault(text, Going()).add(at, about.get(text, ()), shown.get(text, ()), is_repeat=is_repeat)

    @property
    def to(self) -> str:
        """The machine that it sent to."""
        beside_them = self.info.baseline or (self.endpoint and is_loopback(self.endpoint))
        return WORKERS if beside_them else host_of(self.endpoint) or NOT_RECORDED


def endpoint_of(info: RunInfo) -> str:
    """The address that a run's requests go to; blank for the baseline, and for a coder of one's own."""
    vendor = VENDORS.get(info.model.partition("/")[0])
    return info.base_url or (vendor.address if vendor and not info.baseline else "")


def followed(run: Run, info: RunInfo, endpoint: str) -> Trail:
    """The stretches that a run sent, with their times, and those that it may have sent."""
    trail = Trail(run, info, endpoint)
    planned: dict[str, list[Planned]] = {}
    for line in run.plan:
        planned.setdefault(line.key, []).append(line)
    answered: set[str] = set()
    by_batch: set[tuple[str, str]] = set()
    for head in run.calls.heads():
        trail.calls += 1
        if head.batch is not None:
            by_batch.add((head.batch, head.key))
        trail.usage = trail.usage.plus(head.usage)
        answered.add(head.key)
        # Equal passages are asked about once: the call names one of them, and the plan all.
        lines = planned.get(head.key, []) if head.kind == "code" else []
        about = spans_by_text([*head.passages, *(p for line in lines for p in line.passages)])
        shown = spans_by_text(p for line in lines for p in line.context)
        numbers = [p.part for p in head.passages if p.part is not None]
        trail.shared = trail.shared or len(lines) > 1 or len(set(numbers)) < len(numbers)
        trail.add(head.started, about, shown, is_repeat=head.repeat > 1)
    for batch, at, keys in _taken(run):
        for key in keys:
            if (batch, key) not in by_batch:
                lines = planned.get(key, [])
                trail.handed_in += 1
                answered.add(key)
                trail.add(
                    at,
                    spans_by_text(p for line in lines for p in line.passages),
                    spans_by_text(p for line in lines for p in line.context),
                    is_repeat=any(line.repeat > 1 for line in lines),
                )
    for key, lines in planned.items():
        if key not in answered:
            trail.unanswered += 1
            for text, spans in spans_by_text(p for line in lines for p in (*line.passages, *line.context)).items():
                trail.texts.setdefault(text, Going()).unanswered |= spans
    return trail


def batches_of(run: Run) -> tuple[SentBatch, ...]:
    """The batches of a run, and what lies of them at the provider."""
    return tuple(
        SentBatch(
            batch=story.batch,
            handed_in=story.submitted or story.begun,
            calls=story.calls,
            state=_state(story),
            deletions=tuple(SentDeletion(id=id, at=at, how=how) for id, (how, at) in story.became.items()),
            lies_there=story.lies_there,
        )
        for story in run.batches.stories()
    )


def _state(story: BatchStory) -> Literal["waits", "done", "never arrived", "not known"]:
    if not story.over:
        return "waits" if story.batch else "not known"
    return "done" if story.batch else "never arrived"


def _taken(run: Run) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The batches that a provider took, uploads without one, too: the id that it gave, when (UTC), and their calls."""
    keys: dict[str, tuple[str, ...]] = {}
    uploaded: dict[str, str] = {}
    for line in run.batches:
        if line.event == "submitting":
            keys[line.token] = line.keys
        elif line.event == "uploaded":
            uploaded[line.token] = line.at
        elif line.event == "submitted":
            uploaded.pop(line.token, None)
            yield line.batch, line.at, keys.get(line.token, ())
    for token, at in uploaded.items():
        yield "", at, keys.get(token, ())


def count(trails: list[Trail], transcripts: Iterable[Transcript]) -> tuple[SentPlace, ...]:
    """Count the words of each trail, one transcript at a time, and of all runs that sent to one machine."""
    together: dict[str, dict[Text, Going]] = {}
    wanted: dict[str, set[str]] = {}
    for trail in trails:
        for text, going in trail.texts.items():
            wanted.setdefault(text[0], set()).add(text[1])
            _join(together.setdefault(trail.to, {}).setdefault(text, Going()), going)
    sums: dict[Text, dict[str, Counted | None]] = {}
    for transcript in transcripts:
        text = (transcript.id, transcript.sha256)
        if transcript.sha256 in wanted.get(transcript.id, ()):
            spoken = SpokenWords(transcript)
            for trail in trails:
                if (found := trail.texts.get(text)) is not None:
                    trail.counts[text] = (len(spoken), counted(found, spoken), False)
            sums[text] = {to: counted(texts[text], spoken) for to, texts in together.items() if text in texts}
    for trail in trails:
        rate = _rate(trail)
        for text in [text for text in trail.texts if text not in trail.counts]:
            words, its_rate = _recorded(trail, text, rate)
            trail.counts[text] = (words, counted(trail.texts[text], its_rate) if its_rate else None, True)
            whole = counted(together[trail.to][text], its_rate) if its_rate else None
            known = sums.setdefault(text, {})
            known[trail.to] = known.get(trail.to) or whole
    return tuple(_place(to, together.get(to, {}), trails, sums) for to in sorted({trail.to for trail in trails}))


def _join(whole: Going, more: Going) -> None:
    whole.asked += more.asked
    whole.shown += more.shown
    whole.unanswered |= more.unanswered


def _rate(trail: Trail) -> Rate | None:
    """Words a character in what a run sent of the texts that are at hand; None where there are none."""
    words = sum(found.distinct for _, found, _ in trail.counts.values() if found)
    characters = sum(len(span) for text in trail.counts for span in trail.texts[text].spans())
    return Rate(words, characters) if characters else None


def _recorded(trail: Trail, text: Text, rate: Rate | None) -> tuple[int | None, Rate | None]:
    """What is known of a text that is not at hand: its words where the run recorded them, and words a character."""
    for known in trail.info.transcripts:
        if (known.id, known.sha256) == text:
            going = trail.texts[text]
            planned = sum(map(len, merged([*going.spans(), *going.unanswered])))
            return known.words, Rate(known.words, planned) if planned else rate
    return None, rate


def _place(
    to: str, texts: Mapping[Text, Going], trails: list[Trail], sums: Mapping[Text, Mapping[str, Counted | None]]
) -> SentPlace:
    there = [trail for trail in trails if trail.to == to]
    went = [text for text, going in texts.items() if going.asked or going.shown]
    found = [sums[text][to] for text in went]
    known = [each for each in found if each is not None]
    complete = len(known) == len(found)
    times = [(going.first, going.last) for trail in there for going in trail.texts.values() if going.calls]
    return SentPlace(
        to=to,
        runs=len(there),
        transcripts=len({id for id, _ in went}),
        words=sum(each.distinct for each in known) if complete else None,
        words_in_requests=sum(each.sent for each in known) if complete else None,
        estimated=any(trail.counts[text][2] for trail in there for text in trail.texts if text in set(went)),
        first=min((first for first, _ in times), default=""),
        last=max((last for _, last in times), default=""),
    )
