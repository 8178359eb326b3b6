"""Names in bold at the start of paragraphs: how many typists mark who speaks, with no colon behind the name.

Bold may as well be emphasis, a heading, or the interviewer's questions. So a name in bold counts only where it comes
again, or where every paragraph begins with one; and what was decided is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autocode.reading.document import Paragraph
from autocode.reading.source import Source
from autocode.reading.turns import Label, label_of, leading_time, plain_name, time_of

_LEAST_SHARE = 0.2  # of the paragraphs: a name and four paragraphs of answer; rarer is emphasis
_NAMED = 6


def bold_names(filled: Sequence[Paragraph], source: Source, *, labelled: int) -> tuple[dict[int, Label], list[str]]:
    """The label of each paragraph that begins with a speaker's name in bold, by number, and what to tell of it.

    `labelled`: how many lines begin with a label that counts. Where they are more than the names in bold, bold is
    no mark of speakers in this file.
    """
    whole = [p for p in filled if _is_bold_throughout(p)]
    candidates = {p.number: label for p in filled if (label := _bold_name(p))}
    names = Counter(label.name for label in candidates.values())
    if len(candidates) < len(filled):
        counting = {name for name, times in names.items() if times > 1 or name in source.speakers}
        candidates = {number: label for number, label in candidates.items() if label.name in counting}
        # "Okay." in bold, again and again, is no name where the long questions are in bold as well.
        alone = [p.number for p in whole if p.number in candidates]
        if len(alone) * 2 <= len(whole):
            candidates = {number: label for number, label in candidates.items() if number not in alone}
    if candidates and len(candidates) >= max(labelled, _LEAST_SHARE * len(filled)):
        first = min(candidates)
        told = ", ".join(
            f"{name} ({n})" for name, n in Counter(c.name for c in candidates.values()).most_common(_NAMED)
        )
        return candidates, [f"{source.path}:{first}: names in bold are read as speakers: {told}"]
    if not labelled and 1 < len(whole) < len(filled):
        what = f"{len(whole)} of {len(filled)} paragraphs are bold throughout, which may mark who speaks"
        return {}, [f"{source.path}:{whole[0].number}: {what}; bold is not read, so write a label before each turn"]
    return {}, []


def _is_bold_throughout(paragraph: Paragraph) -> bool:
    return paragraph.bold >= len(paragraph.text.rstrip())


def _bold_name(paragraph: Paragraph) -> Label | None:
    """The name, without a colon, that stands in bold at the start of a paragraph's first line, and perhaps a time."""
    margin = len(paragraph.text) - len(paragraph.text.lstrip())
    line = paragraph.text[margin:].partition("\n")[0].rstrip()
    bold = line[: max(paragraph.bold - margin, 0)]
    rest = line[len(bold) :]
    name = plain_name(bold)
    if name is None or bold.rstrip().endswith((":", "：")) or rest.lstrip().startswith((":", "：")):
        return None  # with a colon it is a label as in plain text
    if name[-1] in ".?!…,;" or (rest and rest[0].isalnum() and bold[-1].isalnum()):
        return None  # a sentence, or half a word
    if (label := label_of(bold)) and label.sure:
        return None
    times = time_of(rest)
    if times:
        return Label(name, len(line), *times, sure=True)
    time = leading_time(rest)
    return Label(name, len(bold) + time.words_at, time.starts_at, time.ends_at, sure=True)
