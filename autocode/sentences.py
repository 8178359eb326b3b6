"""Where sentences end: the one rule that chunks, sentence units and the baseline share."""

from __future__ import annotations

import re

from autocode.data import Span

# A sentence ends at . ! ? … and their East Asian kin, with closing marks after them, before white space; or at a
# line break. 。！？ end it without white space too, since none follows them. Abbreviations are not guessed.
_END = re.compile(r"""[.!?…]+["'”’»)\]}]*(?=\s)|[。！？]+[」』”’）】"']*|\n""")


def sentences(text: str, span: Span) -> list[Span]:
    """The sentences of a stretch of text, in order, without the white space between them.

    >>> [("Yes. I did! Why"[s.start:s.end]) for s in sentences("Yes. I did! Why", Span(0, 15))]
    ['Yes.', 'I did!', 'Why']
    """
    found, start = [], span.start
    ends = [match.end() for match in _END.finditer(text, span.start, span.end)]
    for end in [*ends, span.end]:
        words = text[start:end]
        inner = words.strip()
        if inner:
            first = start + words.index(inner)
            found.append(Span(first, first + len(inner)))
        start = end
    return found
