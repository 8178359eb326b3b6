"""How fast transcripts are read, format by format, beside the libraries that read single formats; and one huge table.

    python eval/speed/reading.py [FILES] [ANSWERS]

The same invented interview of 6,000 words is written in every format. Each reader reads FILES copies of it (default
1,000) in a process of its own, from which come transcripts a second (of processor time, as other work on the machine
does not count in it) and the peak of its memory. A peer does less: it gives cues or paragraphs and knows no turns.
ANSWERS (default 500,000) is the number of rows of the table, read as one transcript each and as one transcript of all.
A peer that is not installed is skipped: pip install webvtt-py srt
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

WORDS = 6_000
WORDS_A_TURN = 40
SOME_WORDS = """
    I we they my manager team office desk always never said helped asked thought that it was about the work at home
    because deadline moved soup brought leaflet wrote think know feel really then after before people time day week
"""
Turn = tuple[float, float, str, str]


def conversation(seed: int = 20261124) -> list[Turn]:
    """Start, end, speaker and words of the turns of an interview."""
    rng = random.Random(seed)
    words, turns, at = SOME_WORDS.split(), [], 0.0
    for number in range(WORDS // WORDS_A_TURN):
        said = " ".join(rng.choices(words, k=WORDS_A_TURN)).capitalize() + "."
        turns.append((at, at + 15.0, f"P{number % 2 + 1}", said))
        at += 16.0
    return turns


def clock(seconds: float, sign: str = ".") -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{rest:06.3f}".replace(".", sign)


# --- The interview in every format -----------------------------------------------------------------------------------


def plain(turns: list[Turn]) -> bytes:
    return "".join(f"{who}: {words}\n" for _, _, who, words in turns).encode()


def cues(turns: list[Turn]) -> Iterator[tuple[float, float, str, str]]:
    """Cues of ten words, as players show them."""
    for start, _, who, words in turns:
        each = words.split()
        for at in range(0, len(each), 10):
            begins = start + at * 0.375
            yield begins, begins + 3.5, who, " ".join(each[at : at + 10])


def vtt(turns: list[Turn]) -> bytes:
    lines = (f"{clock(s)} --> {clock(e)}\n<v {who}>{escape(words)}</v>\n" for s, e, who, words in cues(turns))
    return ("WEBVTT\n\n" + "\n".join(lines)).encode()


def srt(turns: list[Turn]) -> bytes:
    each = enumerate(cues(turns), 1)
    lines = (f"{n}\n{clock(s, ',')} --> {clock(e, ',')}\n{who}: {words}\n" for n, (s, e, who, words) in each)
    return "\n".join(lines).encode()


def docx(turns: list[Turn]) -> bytes:
    from docx import Document

    document, out = Document(), io.BytesIO()
    for _, _, who, words in turns:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{who}:").bold = True
        paragraph.add_run(f" {words}")
    document.save(out)
    return out.getvalue()


def odt(turns: list[Turn]) -> bytes:
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    paragraphs = "".join(f"<text:p>{who}: {escape(words)}</text:p>" for _, _, who, words in turns)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{odf}:office:1.0" xmlns:text="{odf}:text:1.0"><office:body>'
            f"<office:text>{paragraphs}</office:text></office:body></office:document-content>",
        )
    return out.getvalue()


def rtf(turns: list[Turn]) -> bytes:
    lines = "\n".join(f"\\pard {{\\b {who}:}} {words}\\par" for _, _, who, words in turns)
    return f"{{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0\n{lines}\n}}".encode("ascii")


def table(turns: list[Turn]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("start", "end", "speaker", "text"))
    writer.writerows((clock(start), clock(end), who, words) for start, end, who, words in turns)
    return out.getvalue().encode()


def xlsx(turns: list[Turn]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, kind = book.add_worksheet(), book.add_format({"num_format": "hh:mm:ss"})
        sheet.write_row(0, 0, ("start", "end", "speaker", "text"))
        for row, (start, end, who, words) in enumerate(turns, 1):
            sheet.write_row(row, 0, (start / 86_400, end / 86_400), kind)
            sheet.write_row(row, 2, (who, words))
    return out.getvalue()


def whisperx(turns: list[Turn]) -> bytes:
    segments = [
        {
            "start": start,
            "end": end,
            "text": f" {words}",
            "speaker": who,
            "words": [{"word": word, "start": start, "end": end, "score": 0.9} for word in words.split()],
        }
        for start, end, who, words in turns
    ]
    return json.dumps({"segments": segments, "language": "en"}).encode()


def noscribe(turns: list[Turn]) -> bytes:
    paragraphs = (
        f'<p ><a name="ts_{int(1000 * s)}_{int(1000 * e)}_{who}" >{who}: [{clock(s)[:8]}] {escape(words)}</a></p>'
        for s, e, who, words in turns
    )
    return f"<html><body>{''.join(paragraphs)}</body></html>".encode()


WRITERS: dict[str, Callable[[list[Turn]], bytes]] = {
    "txt": plain,
    "vtt": vtt,
    "srt": srt,
    "docx": docx,
    "odt": odt,
    "rtf": rtf,
    "csv": table,
    "xlsx": xlsx,
    "json": whisperx,
    "html": noscribe,
}


# --- Those who read it -----------------------------------------------------------------------------------------------


def by_autocode(path: Path) -> Iterable[object]:
    import autocode as ac

    return ac.read_transcripts(path)


def by_webvtt(path: Path) -> Iterable[object]:
    import webvtt

    return ([(cue.voice, cue.text) for cue in webvtt.read(str(file))] for file in sorted(path.iterdir()))


def by_srt(path: Path) -> Iterable[object]:
    import srt

    return (list(srt.parse(file.read_text(encoding="utf-8"))) for file in sorted(path.iterdir()))


def by_docx(path: Path) -> Iterable[object]:
    from docx import Document

    return ([paragraph.text for paragraph in Document(str(file)).paragraphs] for file in sorted(path.iterdir()))


READERS = {"autocode": by_autocode, "webvtt-py": by_webvtt, "srt": by_srt, "python-docx": by_docx}
PEERS = {"vtt": ("webvtt-py", "webvtt"), "srt": ("srt", "srt"), "docx": ("python-docx", "docx")}


def measure(reader: str, path: Path) -> None:
    """Read it all, and print how many there were, the seconds and the peak of memory in MB. In a fresh process."""
    started, clocked = time.process_time(), time.perf_counter()
    count = sum(1 for _ in READERS[reader](path))
    took, waited = time.process_time() - started, time.perf_counter() - clocked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([count, took, waited, peak]))


def measured(reader: str, path: Path) -> tuple[int, float, float, float]:
    command = [sys.executable, __file__, "--measure", reader, str(path)]
    count, took, waited, peak = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return count, took, waited, peak


def formats(folder: Path, files: int) -> None:
    print(f"{files} transcripts of {WORDS:,} words\n")
    print(f"{'format':8} {'reader':12} {'kB a file':>10} {'a second':>9} {'peak MB':>8}")
    turns = conversation()
    for kind, write in WRITERS.items():
        here = folder / kind
        here.mkdir()
        data = write(turns)
        (here / f"p0000.{kind}").write_bytes(data)
        for number in range(1, files):
            os.link(here / f"p0000.{kind}", here / f"p{number:04d}.{kind}")
        peer, module = PEERS.get(kind, ("", ""))
        for reader in ("autocode", peer) if peer else ("autocode",):
            if reader == peer and importlib.util.find_spec(module) is None:
                print(f"{kind:8} {reader:12} not installed, so skipped")
                continue
            count, took, _, peak = measured(reader, here)
            assert count == files, f"{reader} read {count} of {files}"
            print(f"{kind:8} {reader:12} {len(data) / 1000:10.0f} {count / took:9.0f} {peak:8.0f}", flush=True)


def answers(folder: Path, rows: int) -> None:
    print(f"\nA table of {rows:,} answers (5 to 45 words)\n")
    print(f"{'read as':24} {'file':6} {'MB':>5} {'processor s':>12} {'wall s':>8} {'peak MB':>8}")
    rng, words = random.Random(rows), SOME_WORDS.split()
    texts = [" ".join(rng.choices(words, k=rng.randint(5, 45))) for _ in range(rows)]
    for name, column in (("a transcript each", "respondent"), ("one transcript", "speaker")):
        path = folder / f"{column}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((column, "text"))
            writer.writerows((f"r{at:06d}", text) for at, text in enumerate(texts))
        count, took, waited, peak = measured("autocode", path)
        assert count == (rows if column == "respondent" else 1)
        size = path.stat().st_size / 1e6
        print(f"{name:24} {'csv':6} {size:5.0f} {took:12.1f} {waited:8.1f} {peak:8.0f}", flush=True)


def main(files: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        formats(Path(folder), files)
        answers(Path(folder), rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        given = [int(each) for each in sys.argv[1:3]]
        main(*given, *(1000, 500_000)[len(given) :])
