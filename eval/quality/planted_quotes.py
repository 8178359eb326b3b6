"""Unseen quotes with planted truth: where each stands follows from how it was made; no aligner is asked.

    python eval/quality/planted_quotes.py --seed N --out DIR [--transcripts K] [--cases 600] [--beyond]

Writes a folder of the form of tests/data/quotes: `transcripts/*.txt` and `cases.jsonl`. The kinds and the rule of
truth are those of its README; `--beyond` adds six of our own. Truth is checked with a word edit distance of its own: an
altered quote is nearer to its own passage than to any other, an exact or folded one occurs once save in the kinds about
repetition, and what nobody said stays 45 % of its words away from all that was said, with its fillers or without.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planted.making import KINDS, Draft, Kind, Maker
from planted.speech import Transcript, interviews
from planted.truth import is_true


def languages_of(number: int, among: Sequence[str], present: Sequence[str], rng: random.Random) -> list[str]:
    """So many languages: English twice as often as each other."""
    usable = [language for language in present if language in among]
    bag = [*usable, *(["en"] if "en" in usable else [])]
    found: list[str] = []
    while len(found) < number and bag:
        found += rng.sample(bag, len(bag))
    return found[:number]


def case_of(name: str, t: Transcript, rng: random.Random) -> dict[str, Any] | None:
    """A case of a kind from a transcript, or None if chance gave none whose truth is certain."""
    this = KINDS[name]
    maker = Maker(rng, t)
    for _ in range(300):
        draft = this.make(maker)
        if draft is None or not draft.quote.strip():
            continue
        within = draft.within or (t.chunk_of(draft.span[0]) if draft.span else t.chunks[0])
        if draft.span and not draft.outside and not within[0] <= draft.span[0] < draft.span[1] <= within[1]:
            continue
        if is_true(this.check, draft, t):
            return {
                "kind": name, "lang": t.language, "transcript": t.name, "within": list(within), "quote": draft.quote,
                "expected": expected(this, draft),
            }  # fmt: skip
    return None


def expected(this: Kind, draft: Draft) -> dict[str, Any]:
    start, end = draft.span or (None, None)
    told: dict[str, Any] = {"match": this.accept[0], "accept": list(this.accept), "start": start, "end": end}
    told["tolerance"] = 0 if this.accept == ("exact",) else 3
    if draft.ambiguous:
        told["ambiguous"] = True
    if draft.outside:
        told["outside"] = True
    if draft.parts:
        told["parts"] = [list(part) for part in draft.parts]
    return told


def cases(
    seed: int, transcripts: Sequence[Transcript], wanted: int = 600, *, beyond: bool = False
) -> list[dict[str, Any]]:
    """About so many quotes of all kinds, each with its truth; those of the kinds beyond the README come on top."""
    rng = random.Random(f"{seed}/cases")
    present = list(dict.fromkeys(t.language for t in transcripts))
    kinds = {name: this for name, this in KINDS.items() if beyond or not this.beyond}
    factor = wanted / sum(this.count for this in kinds.values() if not this.beyond)
    found: list[dict[str, Any]] = []
    for name, this in kinds.items():
        for language in languages_of(max(1, round(factor * this.count)), this.languages, present, rng):
            t = rng.choice([each for each in transcripts if each.language == language])
            case = case_of(name, t, rng)
            if case:
                found.append({"id": f"p{seed}-{len(found) + 1:04}", **case})
    return found


def write(folder: Path, seed: int, *, transcripts: int = 8, wanted: int = 600, beyond: bool = False) -> int:
    """A folder of invented interviews and quotes with planted truth; how many quotes there are."""
    told = interviews(seed, transcripts)
    (folder / "transcripts").mkdir(parents=True, exist_ok=True)
    for t in told:
        (folder / "transcripts" / t.name).write_bytes(t.text.encode("utf-8"))
    lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases(seed, told, wanted, beyond=beyond)]
    (folder / "cases.jsonl").write_text("".join(lines), encoding="utf-8", newline="")
    return len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--transcripts", type=int, default=8, help="how many, in seven languages (default 8)")
    parser.add_argument("--cases", type=int, default=600, help="how many quotes, about (default 600)")
    parser.add_argument("--beyond", action="store_true", help="also the kinds that the README does not name")
    given = parser.parse_args()
    count = write(given.out, given.seed, transcripts=given.transcripts, wanted=given.cases, beyond=given.beyond)
    print(f"{given.out}: {count} quotes in {given.transcripts} transcripts, seed {given.seed}")


if __name__ == "__main__":
    main()
