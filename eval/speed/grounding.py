"""How fast quotes are found: against the bars of the grounder, and beside other aligners on the same quotes.

    python eval/speed/grounding.py [--peers] [--venvs DIR]

An invented English interview of 104,000 characters (eval/quality/planted_quotes.py, seed 7) and 1,000 quotes of all
kinds from it. Seconds are of the processor, so that other work on the machine matters less; indexing the transcript is
included where it says so. A peer that is too slow answers a sample of the quotes, scaled up to 1,000, which is told.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))

from peers.running import answers, installed
from planted.speech import Transcript
from planted_quotes import cases

import autocode as ac

SEED, SIZE, QUOTES = 7, 104_000, 1000
CHUNKS_BAR, WHOLE_BAR, SINGLE_BAR, GROWTH_BAR, ODD_BAR, LONG_BAR = 3.0, 4.0, 0.25, 2.2, 0.1, 1.0
SAMPLES = {"langextract, defaults": (10, 50), "langextract, no lesser": (20, 200), "difflib, words >= .6": (1, 5)}
"""Of how many quotes a slow peer answers one: in chunks, over the whole."""
PATIENCE = 300.0
"""Seconds by the clock that a peer is given for a column."""


@dataclass(frozen=True)
class Work:
    """A transcript and quotes from it."""

    text: str
    quotes: Sequence[dict[str, Any]]

    def write(self, folder: Path) -> Path:
        """The same as a folder that the peers' adapters read."""
        (folder / "transcripts").mkdir(parents=True)
        (folder / "transcripts" / "en-1.txt").write_bytes(self.text.encode("utf-8"))
        lines = [json.dumps(quote, ensure_ascii=False) + "\n" for quote in self.quotes]
        (folder / "cases.jsonl").write_text("".join(lines), encoding="utf-8", newline="")
        return folder


def invented() -> Work:
    transcript = Transcript("en-1.txt", "en", SIZE, random.Random(SEED))
    found = cases(SEED, [transcript], round(1.4 * QUOTES))
    if len(found) < QUOTES:
        raise SystemExit(f"only {len(found)} quotes could be planted; {QUOTES} are needed")
    return Work(transcript.text, random.Random(SEED).sample(found, QUOTES))


def long_quotes(work: Work) -> Work:
    """Quotes of 50 to 400 words: as they are, with one word changed, with every seventh changed or left out."""
    rng = random.Random(SEED)
    words = work.text.split(" ")
    found: list[dict[str, Any]] = []
    for size in (50, 100, 200, 400):
        for edit in ("verbatim", "one", "substituted", "dropped"):
            for _ in range(3):
                begin = rng.randrange(len(words) - size)
                quote = words[begin : begin + size]
                start = len(" ".join(words[:begin])) + 1
                within = [max(0, start - 1500), min(len(work.text), start + 4500)]
                said = " ".join(_edited(quote, edit))
                found.append({"id": f"{size}-{edit}-{begin}", "lang": "en", "transcript": "en-1.txt", "within": within,
                              "quote": said})  # fmt: skip
    return Work(work.text, found)


def _edited(words: list[str], edit: str) -> list[str]:
    if edit == "one":
        return ["zebra" if at == len(words) // 2 else word for at, word in enumerate(words)]
    if edit == "substituted":
        return ["zebra" if at % 7 == 3 else word for at, word in enumerate(words)]
    if edit == "dropped":
        return [word for at, word in enumerate(words) if at % 7 != 3]
    return words


def seconds(quote: str, text: str, within: ac.Span | None = None) -> float:
    started = time.process_time()
    ac.ground(quote, text, within=within)
    return time.process_time() - started


def least_seconds(quote: str, text: str, within: ac.Span | None = None) -> float:
    """The least of three runs; a blank more each time, so that the quote is new to the grounder."""
    return min(seconds(each, text, within) for each in unseen(quote, 3))


def all_seconds(work: Work, text: str, *, whole: bool) -> list[float]:
    """What each quote takes in a text that is new to the grounder; the first one pays for the index."""
    return [seconds(quote["quote"], text, None if whole else ac.Span(*quote["within"])) for quote in work.quotes]


def unseen(text: str, times: int) -> Iterator[str]:
    """The text so many times, each a little longer, so that nothing is kept of it from before."""
    for at in range(1, times + 1):
        yield text + " " * at


def report(what: str, took: float, bar: float, unit: str = "s") -> None:
    print(f"{'met   ' if took <= bar else 'MISSED'} {what:62} {took:8.3f} {unit}  (<= {bar} {unit})", flush=True)


def ours(work: Work, long: Work) -> None:
    """autocode against its bars: the best of three runs, since other work on the machine only adds."""
    chunks = [sum(all_seconds(work, text, whole=False)) for text in unseen(work.text, 3)]
    whole = [sum(all_seconds(work, text, whole=True)) for text in unseen(work.text + "\n", 3)]
    report(f"{len(work.quotes):,} quotes in chunks of 6,000 characters, index included", min(chunks), CHUNKS_BAR)
    report(f"{len(work.quotes):,} quotes over the whole {len(work.text):,} characters", min(whole), WHOLE_BAR)

    second = Transcript("en-2.txt", "en", SIZE, random.Random(SEED + 1)).text
    longer = [sum(all_seconds(work, text, whole=True)) for text in unseen(work.text + "\n\n" + second, 3)]
    report("growth of that when the transcript doubles", min(longer) / min(whole), GROWTH_BAR, "x")

    seconds("nothing of the kind", work.text)  # the index is made here
    singles = [
        (least_seconds(q["quote"], work.text, within), q["id"], "whole" if within is None else "chunk")
        for q in (*work.quotes, *long.quotes)
        for within in (ac.Span(*q["within"]), None)
        if len(q["quote"].split()) <= 400
    ]
    slowest, which, where = max(singles)
    report(f"slowest single quote up to 400 words ({which}, {where})", slowest, SINGLE_BAR)
    said = work.text[:60_000].split(" ")
    altered = " ".join(word for at, word in enumerate(said) if at % 9)[:20_000]
    report("an altered quote of 20,000 characters", least_seconds(altered, work.text), LONG_BAR)
    pathological(work.text)


def pathological(text: str) -> None:
    """Inputs made to be slow; the transcript is indexed before, as it is once for all its quotes."""
    sentence = "And then we went home and I said that we went home. "
    some = text.split(" ")
    elision = " ... ".join(" ".join(some[at * 40 : at * 40 + 5]) for at in range(60))
    hollow = " ... ".join(f"{some[at * 40]} zebra {some[at * 40 + 1]} violin" for at in range(60))
    many, same = "word " * 20_000, sentence * 2000
    odd = [
        ("one word 20,000 times, in a transcript of it", many, many),
        ("the same and another word, in a transcript of it", many + "other", many),
        ("300 times and another word, in a transcript of it", "word " * 300 + "other " + "word " * 100, many),
        ("one word 20,000 times, in an interview", many, text),
        ("a common word of the interview 20,000 times, in it", "the " * 20_000, text),
        ("1,000 dots", "." * 1000, text),
        ("1,000 dots with blanks between", ". " * 1000, text),
        ("1,000 words with dots between", " ... ".join(["the"] * 1000), text),
        ("a 60-part elision that stands there", elision, text),
        ("a 60-part elision of words that stand there, but not so", hollow, text),
        ("a 60-part elision of one word, in a transcript of it", " ... ".join(["word"] * 60), many),
        ("a 60-part elision of one sentence, in a transcript of it", " ... ".join([sentence] * 60), same),
        ("the same, one part changed", " ... ".join([*[sentence] * 59, "And then zebra went home and he said"]), same),
        ("one repeated sentence: itself", sentence, same),
        ("one repeated sentence: a word changed", sentence.replace("home and", "away and"), same),
        ("one repeated sentence: 30 times, a word changed", (sentence * 30).replace("said", "sang", 1), same),
        ("nothing", "", text),
        ("blanks", " \n\t ", text),
        ("a quote in nothing", "And then we went home.", ""),
    ]
    for what, quote, source in odd:
        seconds("nothing of the kind", source)
        report(what, least_seconds(quote, source), ODD_BAR)


def column(name: str, python: Path, folder: Path, *, whole: bool, every: int) -> str:
    """A peer's seconds for 1,000 quotes, and of how many that was reckoned."""
    told = answers(name, python, folder, whole=whole, every=every, timeout=PATIENCE)
    if not told:
        return "none in time"
    asked, raised = len(told), sum("error" in each for each in told)
    note = f" ({asked})" if asked < QUOTES else ""
    return f"{1000 * sum(each['seconds'] for each in told) / asked:.1f}{note}{f', {raised} raised' if raised else ''}"


def slowest(name: str, python: Path, folder: Path) -> str:
    told = answers(name, python, folder, every=3, timeout=PATIENCE)
    longest = max((each["seconds"], each["id"]) for each in told) if told else (0.0, "none in time")
    return f"{longest[0]:.2f} ({longest[1]})"


def beside_peers(work: Work, long: Work, venvs: Path, scratch: Path) -> None:
    folder, long_folder = work.write(scratch / "quotes"), long.write(scratch / "long")
    print("\nSeconds for 1,000 quotes (in brackets: reckoned from so many), and the slowest of 16 of 50 to 400 words")
    print(f"{'tool':24} {'in chunks':>18} {'over the whole':>18}   slowest in a chunk")
    in_chunks = sum(all_seconds(work, work.text + "\t", whole=False))
    over_all = sum(all_seconds(work, work.text + "\t\t", whole=True))
    ours_slowest = max((seconds(q["quote"], work.text, ac.Span(*q["within"])), q["id"]) for q in long.quotes[::3])
    print(f"{'autocode':24} {in_chunks:18.1f} {over_all:18.1f}   {ours_slowest[0]:.2f} ({ours_slowest[1]})", flush=True)
    for name, python in installed(venvs).items():
        one_of, one_of_whole = SAMPLES.get(name, (1, 1))
        chunks = column(name, python, folder, whole=False, every=one_of)
        whole = column(name, python, folder, whole=True, every=one_of_whole)
        print(f"{name:24} {chunks:>18} {whole:>18}   {slowest(name, python, long_folder)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="the other aligners too (some minutes)")
    parser.add_argument("--venvs", type=Path, help="where the peers are installed (default: a temporary folder)")
    given = parser.parse_args()
    work = invented()
    long = long_quotes(work)
    ours(work, long)
    if given.peers:
        with tempfile.TemporaryDirectory() as scratch:
            venvs = (given.venvs or Path(scratch) / "venvs").resolve()
            beside_peers(work, long, venvs, Path(scratch))


if __name__ == "__main__":
    main()
