"""Writes the conversation of this folder as caption editors, tables and speech recognisers do, from conversation.txt.

The text is invented and in the public domain (CC0). Run it again after a change; the bytes are always the same.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

import xlsxwriter
from make_conversation import _ODF, HERE, packed, turns

SAID = [(10 * at, 10 * at + 9, who, words) for at, (who, words) in enumerate(turns())]
"""Start and end in seconds, who speaks, and what."""


def clock(seconds: int, sign: str = ".") -> str:
    return f"{timedelta(seconds=seconds)}".zfill(8) + f"{sign}000"


def halves(words: str) -> tuple[str, str]:
    each = words.split(" ")
    return " ".join(each[: len(each) // 2]), " ".join(each[len(each) // 2 :])


def srt() -> str:
    """The label only in the first cue of a turn, and two lines in it."""
    cues = []
    for number, (start, end, who, words) in enumerate(SAID, 1):
        first, second = halves(words)
        cues.append(f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{who}: {first}\n{second}\n")
    return "\n".join(cues)


def teams() -> str:
    """Cue ids, a tag in each cue, and a turn cut into two cues."""
    cues = ["WEBVTT\n"]
    for number, (start, end, who, words) in enumerate(SAID):
        for part, said in enumerate(halves(words)):
            times = f"{clock(start + 4 * part)} --> {clock(end - 5 + 5 * part)}"
            cues.append(f"0f8fad5b-d9cb-469f-a165-70867728950e/{number}-{part}\n{times}\n<v {who}>{escape(said)}</v>\n")
    return "\n".join(cues)


def zoom() -> str:
    """Numbers above the cues, and the label in the words of the first cue of a turn."""
    cues, number = ["WEBVTT\n"], 0
    for start, end, who, words in SAID:
        for part, said in enumerate(halves(words)):
            number += 1
            times = f"{clock(start + 4 * part)} --> {clock(end - 5 + 5 * part)}"
            cues.append(f"{number}\n{times}\n{'' if part else f'{who}: '}{escape(said)}\n")
    return "\n".join(cues)


def table(header: tuple[str, ...], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([f"{start // 60}:{start % 60:02d}", words, who] for start, _, who, words in SAID)
    return out.getvalue()


def xlsx() -> bytes:
    """Times as Excel keeps them: parts of a day, in cells with the format of a time."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})
        sheet, time = book.add_worksheet("Interview"), book.add_format({"num_format": "hh:mm:ss"})
        sheet.write_row(0, 0, ("SPEAKER", "Utterance", "Start time", "End time"))
        for row, (start, end, who, words) in enumerate(SAID, 1):
            sheet.write_row(row, 0, (who, words))
            sheet.write_number(row, 2, round(start / 86_400, 6), time)
            sheet.write_number(row, 3, round(end / 86_400, 6), time)
    return out.getvalue()


def ods() -> bytes:
    def row(*cells: str) -> str:
        texts = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in cells
        )
        return f"<table:table-row>{texts}</table:table-row>"

    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    rows = row("who", "said", "time") + "".join(row(who, words, f"[{clock(at)[:8]}]") for at, _, who, words in SAID)
    return packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        }
    )


def whisperx() -> str:
    """A blank before the words, and words of which some have no times and some no speaker."""
    segments = [
        {
            "start": start,
            "end": end,
            "text": f" {words}",
            "speaker": who,
            "words": [{"word": word} | ({"start": start} if at % 2 else {}) for at, word in enumerate(words.split())],
        }
        for start, end, who, words in SAID
    ]
    return json.dumps({"segments": segments, "word_segments": [], "language": "en"}, indent=1)


def whisper_cpp() -> str:
    segments = [
        {
            "timestamps": {"from": clock(start, ","), "to": clock(end, ",")},
            "offsets": {"from": 1000 * start, "to": 1000 * end},
            "text": f" {words}",
            "speaker": who,
        }
        for start, end, who, words in SAID
    ]
    return json.dumps({"systeminfo": "", "model": {}, "result": {"language": "en"}, "transcription": segments})


def rev() -> str:
    names = ["INT", "P1"]
    monologues = []
    for start, end, who, words in SAID:
        texts = [{"type": "text", "value": word, "ts": start, "end_ts": end} for word in words.split()]
        blanks = [{"type": "punct", "value": " "}] * len(texts)
        elements = [each for pair in zip(texts, blanks, strict=True) for each in pair][:-1]
        monologues.append({"speaker": names.index(who), "elements": elements})
    return json.dumps(
        {"speakers": [{"id": at, "name": name} for at, name in enumerate(names)], "monologues": monologues}
    )


def noscribe() -> str:
    paragraphs = []
    for start, end, who, words in SAID:
        label = f'{who}: <span style="color: #78909C" >[{clock(start)[:8]}]</span> '
        first, second = halves(words)
        paragraphs.append(
            f'<p ><a name="ts_{1000 * start}_{1000 * end - 5000}_{who}" >{label}{escape(first)}</a>'
            f'<a name="ts_{1000 * end - 5000}_{1000 * end}_{who}" > {escape(second)}</a></p>'
        )
    head = '<html><head><meta charset="UTF-8" /></head><body><p >Transcribed with noScribe vers. 0.7</p>'
    return f"{head}{''.join(paragraphs)}</body></html>\n"


if __name__ == "__main__":
    texts = {
        "conversation.srt": srt(),
        "conversation-teams.vtt": teams(),
        "conversation-zoom.vtt": zoom(),
        "conversation.csv": table(("Time", "Text", "Speaker"), ","),
        "conversation-german.csv": table(("Zeit", "Äußerung", "Sprecher:in"), ";"),
        "conversation.tsv": table(("start", "transcript", "name"), "\t"),
        "conversation-whisperx.json": whisperx(),
        "conversation-whisper-cpp.json": whisper_cpp(),
        "conversation-rev.json": rev(),
        "conversation.html": noscribe(),
    }
    for name, text in texts.items():
        (HERE / name).write_bytes(text.encode())
    (HERE / "conversation.xlsx").write_bytes(xlsx())
    (HERE / "conversation.ods").write_bytes(ods())
