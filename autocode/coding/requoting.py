"""Asking again, only for the quotes that do not stand in the passage word for word: one short call for each reply.

The answer is a call of its own in the journal. A quote that is found word for word then takes the place of the first
wording, which stays as `said`; one that is still not found stays not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from autocode.asking import read_reply
from autocode.coding.planning import Planner, chunk_of
from autocode.coding.segmenting import is_bent, meant_code, segment_of
from autocode.data import Prompt, Proposal, canonical_json, sha256
from autocode.locating import Turns
from autocode.prompting import fill, read_template
from autocode.runs import Answers, Planned, Run, RunInfo
from autocode.shelf import Shelf
from autocode.shipped import shipped

TEMPLATE = "prompts/requote.txt"


def number_of(proposal: Proposal) -> str:
    """The number of a quote in the list that is asked for again: its place in the first reply, counted from 1."""
    return f"{proposal.item + 1}.{proposal.sub + 1}" if proposal.sub else f"{proposal.item + 1}"


@dataclass(frozen=True)
class Requoting(Planner):
    """What it takes to ask for bent quotes again: the prompts of the short calls, by key."""

    prompts: dict[str, Prompt] = field(default_factory=dict)

    def prompt(self, line: Planned) -> Prompt:
        """What goes to the coder for a short call."""
        return self.prompts[line.key]

    def halves(self, line: Planned) -> list[Planned]:  # noqa: ARG002
        """None: what is cut here is left as it was."""
        return []

    def ask_again(self, line: Planned, bent: Sequence[Proposal]) -> Planned:
        """The short call for the bent quotes of an answered one."""
        prompt = self.rendered(chunk_of(line))
        quotes = [{"number": number_of(p), "code": p.code, "said": p.quote} for p in bent]
        words: Mapping[str, object] = {"quotes": quotes, "numbered": prompt.parts > 1}
        asked = prompt.model_copy(update={"prefix": fill(read_template(shipped(TEMPLATE)), words), "context": ""})
        key = sha256(canonical_json([self.coder.body(asked), line.repeat]))
        self.prompts[key] = asked
        return replace(line, key=key, parent=line.key, kind="requote")


def bent(run: Run, info: RunInfo, shelf: Shelf) -> list[tuple[Planned, list[Proposal]]]:
    """The answered calls of the coding with bent quotes that have not been asked for again, each with those quotes."""
    answers = Answers(run.plan, run.calls, shelf.hashes)
    turns = lru_cache(maxsize=8)(lambda id: Turns(shelf[id]))
    found = []
    for line in (line for codes in answers.code_sets for line in answers.standing(1, codes)):
        usable = answers.usable(line.passages)
        if answers.requote(line.key) is not None or usable != line.passages:
            continue
        proposals = []
        for proposal in read_reply(answers.answer(line.key).raw).proposals:
            passage = next((p for p in usable if p.part is None or p.part == proposal.part), None)
            if passage is None:
                continue
            code = meant_code(info.codebook, proposal.code)
            segment = segment_of(proposal, passage, turns(passage.transcript), code, key=line.key, info=info)
            if is_bent(segment):
                proposals.append(proposal)
        if proposals:
            found.append((line, proposals))
    return found
