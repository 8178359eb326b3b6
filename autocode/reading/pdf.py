"""Transcripts as PDF, if pypdfium2 is there: the text of its pages, read as plain text and told to be looked at."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from autocode.reading.archives import in_one_line
from autocode.reading.plain import read_plain
from autocode.reading.source import Reading, Source

_SHOWN = 160
_MOST_PAGES = 2000


def read_pdf(source: Source) -> list[Reading]:
    """The words of a PDF by the rules of plain text. TranscriptError: the extra is missing, or there are no words."""
    try:
        pypdfium2 = import_module("pypdfium2")
    except ImportError as error:
        step = "save the text it was made from as DOCX or TXT, or install autocode-qda[pdf]"
        raise source.error(f"is a PDF, which holds places of letters and no turns; {step}") from error
    try:
        document = pypdfium2.PdfDocument(source.data)
        if len(document) > _MOST_PAGES:
            raise source.error(f"has more than {_MOST_PAGES} pages; split it")
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise source.error(f"is no PDF that can be read ({in_one_line(error)}); save its text as TXT") from error
    text = "\n".join(pages).replace("\0", "")
    if not text.strip():
        raise source.error("holds pictures of pages and no text; run text recognition on it, or type it")
    [reading] = read_plain(replace(source, data=text.encode("utf-8", "surrogatepass"), encoding=None))
    begins = " ".join(text.split())[:_SHOWN]
    what = "read from a PDF, so heads and numbers of pages and cut words stand in it; look at the text before coding"
    return [Reading(reading.text, reading.turns, [f'{source.path}: {what}; it begins "{begins}"', *reading.notes])]
