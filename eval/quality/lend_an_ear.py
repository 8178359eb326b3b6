"""Ratings of support conversations by experts, crowd workers and models: our figures beside those given with the data.

    python eval/quality/lend_an_ear.py [--data DIR]

The data are 38 of the 50 conversations of Kumar et al. 2026 (MIT), read in place and no part of this project. The
paper prints Cohen's kappa with quadratic weights on all 50, to two digits; the folder's README recomputed those to
four digits for the 38 that are here, and gives alpha and Fleiss' kappa beside. The weights go by the rank of the values
that occur, which for the crowd's means is not the same as by value. Last come the turns that workers quoted from.
Each line prints ours, the given value and the difference. Exit 1 where one differs by more than its last digit allows,
0 with a reason where the data are absent.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

import numpy as np
from beside import Beside, report

import autocode as ac
from autocode.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "lend-an-ear"
EXPERTS, LLMS, LLM = ("expert1", "expert2", "expert3"), ("gemini", "gpt", "claude"), "gemini"
FROM = 3
"""A rating is a yes from here on."""

KAPPAS = """\
validating_emotions 0.3184 0.6549 0.4093 0.6460 0.3443 0.4390
encouraging_elaboration 0.7492 0.7105 0.6551 0.8312 0.4385 0.3969
demonstrating_understanding 0.4423 0.3283 0.1436 0.4053 0.0983 0.0960
advice_giving 0.7022 0.7608 0.5627 0.6887 0.3460 0.4497
self_oriented 0.8005 0.4893 0.6876 0.6588 0.4558 0.5412
dismissing_emotions 0.3210 0.4951 0.4598 0.2089 0.2718 0.2039
"""
COMPARED = ("expert1-2", "expert2-3", "expert3-1", "experts-LLM", "experts-crowd", "LLM-crowd")
ALPHAS = """\
validating_emotions 0.0308 0.4111 0.4269 0.3348 0.3289 0.2613 0.7217 0.0796
encouraging_elaboration 0.3951 0.7167 0.7010 0.5806 0.5769 0.3854 0.8411 0.1494
demonstrating_understanding 0.1467 0.2898 0.3162 0.1308 0.1231 0.1576 0.5218 0.0894
advice_giving 0.3358 0.7284 0.6818 0.7409 0.7386 0.1536 0.7862 0.1279
self_oriented 0.4616 0.6176 0.6494 0.5964 0.5929 0.3151 0.9100 0.2188
dismissing_emotions 0.1467 0.3300 0.4051 0.2462 0.2395 0.1665 0.8564 0.1095
"""
POOLED_QUOTES = 0.1298
Ratings = dict[str, dict[str, dict[str, int]]]
"""Of each code, each transcript and each coder."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_ratings(data: Path) -> Ratings:
    found: Ratings = defaultdict(lambda: defaultdict(dict))
    for row in rows(data / "ratings.csv"):
        found[row["code"]][row["transcript"]][row["coder"]] = int(row["rating"])
    return found


def weighted(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Cohen's kappa with quadratic weights by the rank of the values that occur."""
    rank = {value: place for place, value in enumerate(sorted({*a, *b}))}
    values = [[rank[x], rank[y]] for x, y in zip(a, b, strict=True)]
    return cohen_kappa(values, weights="quadratic", domain=range(len(rank))).value


def kappas(ratings: Ratings) -> Iterator[Beside]:
    for line in KAPPAS.splitlines():
        code, *given = line.split()
        each = [ratings[code][transcript] for transcript in sorted(ratings[code])]
        one, two, three = ([float(by[expert]) for by in each] for expert in EXPERTS)
        experts = [float(median(by[expert] for expert in EXPERTS)) for by in each]
        llm = [float(by[LLM]) for by in each]
        crowd = [fmean(n for coder, n in by.items() if coder not in (*EXPERTS, *LLMS)) for by in each]
        pairs = ((one, two), (two, three), (three, one), (experts, llm), (experts, crowd), (llm, crowd))
        for what, (a, b), kappa in zip(COMPARED, pairs, given, strict=True):
            yield Beside(f"{code}, weighted kappa {what}", weighted(a, b), float(kappa))


def alphas(ratings: Ratings, quoted: dict[str, list[list[int]]]) -> Iterator[Beside]:
    for line in ALPHAS.splitlines():
        code, *given = line.split()
        nominal, ordinal, interval, yes_alpha, yes_kappa, crowd, llms, quotes = map(float, given)
        experts = _table(ratings, code, EXPERTS)
        yield Beside(f"{code}, experts, nominal alpha", krippendorff_alpha(experts).value, nominal)
        yield Beside(f"{code}, experts, ordinal alpha", krippendorff_alpha(experts, level="ordinal").value, ordinal)
        yield Beside(f"{code}, experts, interval alpha", krippendorff_alpha(experts, level="interval").value, interval)
        yes = [[int(n is not None and n >= FROM) for n in row] for row in experts]
        yield Beside(f"{code}, experts, {FROM} or more, alpha", krippendorff_alpha(yes).value, yes_alpha)
        yield Beside(f"{code}, experts, {FROM} or more, Fleiss' kappa", fleiss_kappa(yes).value, yes_kappa)
        workers = {coder for by in ratings[code].values() for coder in by}.difference(EXPERTS, LLMS)
        for what, who, value in (("crowd", sorted(workers), crowd), ("3 LLMs", LLMS, llms)):
            alpha = krippendorff_alpha(_table(ratings, code, who), level="ordinal").value
            yield Beside(f"{code}, {what}, ordinal alpha", alpha, value)
        yield Beside(f"{code}, quoted turns, nominal alpha", krippendorff_alpha(quoted[code]).value, quotes)
    every = [row for code in quoted for row in quoted[code]]
    yield Beside("all codes, quoted turns, nominal alpha", krippendorff_alpha(every).value, POOLED_QUOTES)


def _table(ratings: Ratings, code: str, coders: Sequence[str]) -> list[list[int | None]]:
    """Transcripts x coders."""
    return [[ratings[code][transcript].get(coder) for coder in coders] for transcript in sorted(ratings[code])]


def quoted_turns(data: Path, codes: Sequence[str]) -> dict[str, list[list[int]]]:
    """For each code Supporter turns x workers: 1 quoted with a rating of 3 or more, 0 not, -1 did not see it."""
    saw = defaultdict(set)
    for row in rows(data / "coders.csv"):
        if row["kind"] == "crowd":
            saw[row["transcript"]].add(row["coder"])
    workers = sorted(set().union(*saw.values()))
    yes = {
        (row["code"], row["transcript"], int(row["turn"]), row["coder"])
        for row in rows(data / "coding.csv")
        if row["found"] in ("exact", "folded") and int(row["rating"]) >= FROM
    }
    turns = [
        (transcript.id, turn.number)
        for transcript in ac.read_transcripts(data / "transcripts")
        for turn in transcript.turns
        if turn.speaker == "Supporter"
    ]
    return {
        code: [[int((code, id, turn, w) in yes) if w in saw[id] else -1 for w in workers] for id, turn in turns]
        for code in codes
    }


def located(data: Path) -> Iterator[Beside]:
    """The quoted turns once more, the way every study goes: quotes located in the transcripts, put on units, compared.

    The README counts quotes that stand there exactly or folded; `codings` would also place those with other words.
    """
    texts, book = list(ac.read_transcripts(data / "transcripts")), ac.read_codebook(data / "codebook.csv")
    with TemporaryDirectory() as folder:
        quotes = [row for row in rows(data / "coding.csv") if row["found"] in ("exact", "folded")]
        workers = [row for row in rows(data / "coders.csv") if row["kind"] == "crowd"]  # the others quoted nothing
        for name, kept in (("coding.csv", quotes), ("coders.csv", workers)):
            with (Path(folder) / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, kept[0])
                writer.writeheader()
                writer.writerows(kept)
        codings = ac.codings(Path(folder) / "coding.csv", texts, codebook=book, yes_from=FROM)
    frame = ac.units(codings, texts, book, exclude_speakers=("Seeker",))
    for line in ALPHAS.splitlines():
        code, alpha = line.split()[0], float(line.split()[-1])
        values = np.stack([frame[coding.coder, code].to_numpy(dtype=np.int8) for coding in codings], axis=1)
        yield Beside(f"{code}, quotes located, nominal alpha", krippendorff_alpha(values).value, alpha)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with ratings.csv and transcripts")
    data = parser.parse_args().data
    if not (data / "ratings.csv").is_file():
        parser.exit(0, f"skipped: {data / 'ratings.csv'} is not there; give the folder of lend-an-ear with --data\n")
    ratings = read_ratings(data)
    quoted = quoted_turns(data, [line.split()[0] for line in ALPHAS.splitlines()])
    sys.exit(report("lend-an-ear", [*kappas(ratings), *alphas(ratings, quoted), *located(data)]))


if __name__ == "__main__":
    main()
