"""Agreement of ten counselling experts: our figures beside those given with the data.

    python eval/quality/annomi.py [--data DIR]

The data are 27 conversations of AnnoMI (Wu et al. 2022, public domain), read in place and no part of this project;
seven of them were coded by all ten experts. Published are two Fleiss' kappas (0.74 and 0.47, section 2.5 of the
paper); the folder's README gives the rest, computed with statsmodels 0.15.0 and krippendorff 0.9.0, to four digits.
Each line prints ours, the given value and the difference. Exit 1 where one differs by more than its last digit allows,
0 with a reason where the data are absent.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from beside import Beside, report

import autocode as ac
from autocode.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha, percent_agreement

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "annomi"
Table = np.ndarray[Any, np.dtype[Any]]

CODES = """\
main_reflection 216 465 0.7293 0.7294
main_question 216 634 0.8011 0.8011
main_input 216 442 0.6549 0.6550
main_other 216 619 0.7421 0.7422
question 216 754 0.8687 0.8688
question_open 216 437 0.6918 0.6919
question_closed 216 317 0.5674 0.5676
reflection 216 585 0.6596 0.6597
reflection_simple 216 280 0.2559 0.2563
reflection_complex 216 305 0.4532 0.4535
input 216 516 0.6441 0.6443
input_information 216 294 0.4689 0.4692
input_advice 216 116 0.5101 0.5103
input_options 216 39 0.1615 0.1619
input_negotiation 216 67 0.0878 0.0882
change 212 534 0.5033 0.5035
neutral 212 1254 0.4200 0.4203
sustain 212 332 0.5008 0.5010
"""
"""Code, units, decisions for it, Fleiss' kappa, alpha."""
FAMILIES = """\
main_behaviour 216 0.7365 0.7367
question 216 0.7397 0.7398
reflection 216 0.4961 0.4963
input 216 0.5117 0.5119
client_talk 212 0.4669 0.4671
"""
TWO_CODERS = {"main_behaviour": (0.7033, 0.7020, 0.7778), "client_talk": (0.5504, 0.5514, 0.7689)}
"""Of a0 and a1: Cohen's kappa, alpha, share alike."""
PAIRS = {
    "main_behaviour": (0.5776, ("a3", "a4"), 0.8302, ("a7", "a8")),
    "client_talk": (0.2386, ("a4", "a9"), 0.6474, ("a0", "a7")),
}
"""Cohen's kappa of the pair that agrees least and of the one that agrees most."""
ALL_TURNS = {"main_behaviour": 0.8566, "client_talk": 0.7673}
TRANSCRIPTS = """\
annomi-007 66 0.7272 0.3836
annomi-027 23 0.6745 0.5919
annomi-055 65 0.7031 0.4939
annomi-056 175 0.7076 0.3273
annomi-066 31 0.6605 0.4806
annomi-109 46 0.7607 0.5990
annomi-130 22 0.5572 0.5425
"""
LEAVES = [
    "question_open",
    "question_closed",
    "reflection_simple",
    "reflection_complex",
    "input_information",
    "input_advice",
]
MAIN, TALK = ["main_reflection", "main_question", "main_input", "main_other"], ["change", "neutral", "sustain"]
LEAVES += ["input_options", "input_negotiation", *MAIN, *TALK]
FAMILY = {
    "main_behaviour": MAIN,
    "question": LEAVES[:2],
    "reflection": LEAVES[2:4],
    "input": LEAVES[4:8],
    "client_talk": TALK,
}


class Coded:
    """The seven transcripts that all ten coded, as a table of units."""

    def __init__(self, data: Path) -> None:
        texts = list(ac.read_transcripts(data / "transcripts"))
        book = ac.read_codebook(data / "codebook.csv")
        codings = ac.codings(data / "coding.csv", texts, codebook=book)
        self.coders = sorted(coding.coder for coding in codings)
        frame = ac.units(codings, texts, book)
        read = np.array([(frame[[coder]] >= 0).any(axis=1).to_numpy() for coder in self.coders])
        self.frame = frame[read.all(axis=0)]
        self.transcript = self.frame.index.get_level_values("transcript").to_numpy()

    def code(self, code: str) -> Table:
        """Units x coders, the turns that the code is for."""
        values = self._values(code)
        return values[(values >= 0).any(axis=1)]

    def _values(self, code: str) -> Table:
        return np.stack([self.frame[coder, code].to_numpy(dtype=np.int8) for coder in self.coders], axis=1)

    def family(self, family: str) -> tuple[Table, Table]:
        """Units x coders: which code of the family was picked, from 1, or 0 for none; and which units these are."""
        each = np.stack([self._values(code) for code in FAMILY[family]])
        asked = (each >= 0).any(axis=(0, 2))
        picked = np.where((each == 1).any(axis=0), (each == 1).argmax(axis=0) + 1, 0)
        return picked[asked], asked

    def all_turns(self, family: str) -> Table:
        """The same over all turns, another speaker's turn being one more value."""
        picked, asked = self.family(family)
        every = np.full((len(self.frame), len(self.coders)), len(FAMILY[family]) + 1)
        every[asked] = picked
        return every

    def one_of_seven(self) -> Table:
        """Main behaviour and client talk as one variable over all turns."""
        (main, asked), (talk, other) = self.family("main_behaviour"), self.family("client_talk")
        every = np.full((len(self.frame), len(self.coders)), -1)
        every[asked], every[other] = main, talk + len(MAIN)
        return every


def codes(coded: Coded) -> Iterator[Beside]:
    for line in CODES.splitlines():
        code, units, chosen, kappa, alpha = line.split()
        values = coded.code(code)
        yield Beside(f"{code}, units", len(values), float(units), 0)
        yield Beside(f"{code}, decisions for it", int((values == 1).sum()), float(chosen), 0)
        yield Beside(f"{code}, Fleiss' kappa", fleiss_kappa(values).value, float(kappa))
        yield Beside(f"{code}, alpha", krippendorff_alpha(values).value, float(alpha))


def families(coded: Coded) -> Iterator[Beside]:
    for line in FAMILIES.splitlines():
        family, units, kappa, alpha = line.split()
        values, _ = coded.family(family)
        yield Beside(f"{family} as one value, units", len(values), float(units), 0)
        yield Beside(f"{family} as one value, Fleiss' kappa", fleiss_kappa(values).value, float(kappa))
        yield Beside(f"{family} as one value, alpha", krippendorff_alpha(values).value, float(alpha))
    printed = {"main_behaviour": 0.74, "client_talk": 0.47}
    for family, kappa in printed.items():
        yield Beside(f"{family}, as printed in the paper", fleiss_kappa(coded.family(family)[0]).value, kappa, 0.005)


def overall(coded: Coded) -> Iterator[Beside]:
    seven = coded.one_of_seven()
    yield Beside("seven values over all turns, units", len(seven), 428, 0)
    yield Beside("seven values over all turns, Fleiss' kappa", fleiss_kappa(seven).value, 0.7011)
    yield Beside("seven values over all turns, alpha", krippendorff_alpha(seven).value, 0.7011)
    leaves = np.concatenate([coded.code(code) for code in LEAVES])
    yield Beside("every leaf code as yes or no, units", len(leaves), 3228, 0)
    yield Beside("every leaf code as yes or no, Fleiss' kappa", fleiss_kappa(leaves).value, 0.6202)
    yield Beside("every leaf code as yes or no, alpha", krippendorff_alpha(leaves).value, 0.6202)
    for family, alpha in ALL_TURNS.items():
        yield Beside(f"{family} over all turns, alpha", krippendorff_alpha(coded.all_turns(family)).value, alpha)


def two_coders(coded: Coded) -> Iterator[Beside]:
    for family, (kappa, alpha, share) in TWO_CODERS.items():
        values = coded.family(family)[0][:, [coded.coders.index("a0"), coded.coders.index("a1")]]
        yield Beside(f"{family}, a0 and a1, Cohen's kappa", cohen_kappa(values).value, kappa)
        yield Beside(f"{family}, a0 and a1, alpha", krippendorff_alpha(values).value, alpha)
        yield Beside(f"{family}, a0 and a1, share alike", percent_agreement(values).value, share)
    for family, (least, least_pair, most, most_pair) in PAIRS.items():
        values, _ = coded.family(family)
        kappas = {
            (coded.coders[i], coded.coders[j]): cohen_kappa(values[:, [i, j]]).value or 0.0
            for i, j in combinations(range(len(coded.coders)), 2)
        }
        ordered = sorted(kappas, key=lambda pair: kappas[pair])
        yield Beside(f"{family}, pairs", len(kappas), 45, 0)
        yield Beside(f"{family}, least of 45 pairs {' '.join(ordered[0])}", kappas[ordered[0]], least)
        yield Beside(f"{family}, most of 45 pairs {' '.join(ordered[-1])}", kappas[ordered[-1]], most)
        same = (ordered[0] == least_pair) + (ordered[-1] == most_pair)
        yield Beside(f"{family}, these are the pairs named", same, 2, 0)


def transcripts(coded: Coded) -> Iterator[Beside]:
    for line in TRANSCRIPTS.splitlines():
        id, turns, *given = line.split()
        yield Beside(f"{id}, turns", int((coded.transcript == id).sum()), float(turns), 0)
        for family, alpha in zip(("main_behaviour", "client_talk"), given, strict=True):
            values, asked = coded.family(family)
            there = values[coded.transcript[asked] == id]
            yield Beside(f"{id}, alpha of {family}", krippendorff_alpha(there).value, float(alpha))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with coding.csv and transcripts")
    data = parser.parse_args().data
    if not (data / "coding.csv").is_file():
        parser.exit(0, f"skipped: {data / 'coding.csv'} is not there; give the folder of annomi with --data\n")
    coded = Coded(data)
    parts = (codes, families, overall, two_coders, transcripts)
    sys.exit(report("annomi, ten coders", [line for part in parts for line in part(coded)]))


if __name__ == "__main__":
    main()
