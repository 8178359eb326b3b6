"""What is told below the tables of `agree`: what to read where there is no figure, and where coders part ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from autocode.data import Agreement, AlternativeTest, Applied, Confusion, Guess, Lean, PairKind

MOST_LISTED = 10
"""Of confusions and leanings so many are told; all of them are in the JSON."""
MOST_PASSAGES = 20
MOST_PAIRS = 3
"""Of more pairs of coders it is told which codes they have for each other, not who."""
TOLD: tuple[PairKind, ...] = ("human-human", "human-model")
FALSE_DISCOVERIES = 0.05


def told(agreement: Agreement) -> Iterator[str]:
    """The lines below the tables, each group under a heading; nothing where there is nothing to tell.

    Of a model that was asked several times the first answer is told of: the others would say the same once more.
    """
    agreement = _of_first_answers(agreement)
    sections = (
        ("No figure, and what to read instead", _instead(agreement)),
        ("One decision moves alpha by more than 0.05", _fragile(agreement)),
        ("Decisions on codes that were edited since", _stale(agreement)),
        ("Left out, because the codebook's examples quote them", _left_out(agreement)),
        ("Who has which code where another has another", _confusions(agreement.confusions)),
        ("Who applies a code more often", _leans(agreement.leans)),
        ("Disagreements: no such code there, or the same place with other borders", _borders(agreement)),
        ("Models beside guessing in the same interviews", _guesses(agreement.guesses)),
    )
    for heading, lines in (*sections, *_alternative(agreement.alternative)):
        listed = list(lines)
        if listed:
            yield ""
            yield heading
            yield from (f"  {line}" for line in listed)


def _of_first_answers(agreement: Agreement) -> Agreement:
    """The same without what is about a model's repeats."""
    again = {coder.name for coder in agreement.coders if coder.repeat > 1}
    return agreement.model_copy(
        update={
            "coders": tuple(coder for coder in agreement.coders if coder.name not in again),
            "confusions": tuple(each for each in agreement.confusions if again.isdisjoint(each.coders)),
            "leans": tuple(each for each in agreement.leans if again.isdisjoint(each.coders)),
            "borders": tuple(each for each in agreement.borders if again.isdisjoint(each.coders)),
        }
    )


def _instead(agreement: Agreement) -> Iterator[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for row in agreement.codes:
        if row.instead is None:
            continue
        name = f"{row.code} (theme)" if row.level == "theme" else row.code
        if row.instead.passages:
            yield f"{name}: {row.instead.words}: {_passages(row.instead.passages, agreement.unit)}"
        else:
            alike[row.instead.words].append(name)
    yield from (f"{', '.join(names)}: {words}" for words, names in alike.items())


def _passages(passages: Sequence[Applied], unit: str) -> str:
    shown = [
        f"{each.transcript}{'' if unit == 'transcript' else f' {unit} {each.unit}'} ({', '.join(each.coders)})"
        for each in passages[:MOST_PASSAGES]
    ]
    more = len(passages) - MOST_PASSAGES
    return "; ".join(shown) + (f"; and {more} more, all of them in --json" if more > 0 else "")


def _fragile(agreement: Agreement) -> Iterator[str]:
    for row in agreement.codes:
        figure = row.human if (found := row.fragile) and found.whose == "human" else row
        if found and row.level == "code" and figure.status == "ok":  # of a rare code the figure is not shown
            yield (
                f"{row.code}: {found.alpha:.2f}, and {found.lowest:.2f} to {found.highest:.2f} "
                "if any one decision were another"
            )


def _stale(agreement: Agreement) -> Iterator[str]:
    for coder in agreement.coders:
        if coder.n_stale:
            yield f"{coder.name}: {coder.n_stale:,} (counted as they are)"


def _left_out(agreement: Agreement) -> Iterator[str]:
    for model in dict.fromkeys(model for row in agreement.codes for model in row.human_model):
        counted = [
            f"{row.code} {row.human_model[model].n_left_out}"
            for row in agreement.codes
            if row.level == "code" and model in row.human_model and row.human_model[model].n_left_out
        ]
        if counted:
            yield f"{model} with people, {agreement.unit}s: {', '.join(counted)}"


def _confusions(found: Iterable[Confusion]) -> Iterator[str]:
    own = [each for each in found if each.kind in TOLD]
    tested = [each for each in own if each.q is not None and each.q < FALSE_DISCOVERIES]
    if len({each.coders for each in own}) > MOST_PAIRS:
        yield from _confused_codes(own, tested)
        return
    for each in tested[:MOST_LISTED]:
        (x, y), (a, b) = each.coders, each.codes
        yield (
            f"{x} has {a} where {y} has {b}: {each.n} units in {_interviews(each.n_transcripts)} "
            f"(only {x} has {a} on {each.n_only[0]}, only {y} has {b} on {each.n_only[1]}; {_p(each.p)})"
        )
    yield from _more(tested)


def _confused_codes(found: Sequence[Confusion], tested: Sequence[Confusion]) -> Iterator[str]:
    """Of many coders the codes alone, in either order, with how many pairs of coders they stand between."""
    n: dict[tuple[str, ...], int] = defaultdict(int)
    pairs: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for each in found:
        n[tuple(sorted(each.codes))] += each.n
    for each in tested:
        pairs[tuple(sorted(each.codes))].add(each.coders)
    total = len({each.coders for each in found})
    order = sorted(pairs, key=lambda codes: (-n[codes], codes))
    for codes in order[:MOST_LISTED]:
        a, b = codes
        yield f"{a} and {b}: {n[codes]:,} times over all pairs; beyond chance in {len(pairs[codes])} of {total} pairs"
    yield from _more(order)


def _leans(found: Iterable[Lean]) -> Iterator[str]:
    tested = [
        each
        for each in found
        if each.kind in TOLD and each.level == "code" and each.q is not None and each.q < FALSE_DISCOVERIES
    ]
    tested.sort(key=lambda each: (-abs(each.n[0] - each.n[1]), each.code, each.coders))
    for each in tested[:MOST_LISTED]:
        more, less = (0, 1) if each.n[0] > each.n[1] else (1, 0)
        yield (
            f"{each.code}: {each.coders[more]} {each.n[more]}, {each.coders[less]} {each.n[less]} units; more often in "
            f"{_interviews(each.n_transcripts_more[more])}, less in {each.n_transcripts_more[less]} ({_p(each.p)})"
        )
    yield from _more(tested)


def _borders(agreement: Agreement) -> Iterator[str]:
    """Summed over codes for every two coders whose passages tell anything of borders."""
    pairs: dict[tuple[str, str], list[int]] = {}
    measured: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for each in agreement.borders:
        if each.kind not in TOLD:
            continue
        sums = pairs.setdefault(each.coders, [0, 0, 0, 0])
        for at, n in enumerate((sum(each.absent), sum(each.other_borders), each.n_places, each.n_same_borders)):
            sums[at] += n
        if each.boundary_agreement is not None:
            measured[each.coders].append((each.n_places, each.boundary_agreement))
    for coders, (absent, other, places, same) in pairs.items():
        if coders not in measured and not other:
            continue
        line = f"{' and '.join(coders)}: {absent} for want of the code, {other} by other borders"
        if weights := measured[coders]:
            mean = sum(n * share for n, share in weights) / sum(n for n, _ in weights)
            line += (
                f"; of {places} places that both marked {same} have the same borders, and of the characters that "
                f"either marked there both did {mean:.0%}"
            )
        yield line


def _guesses(found: Sequence[Guess]) -> Iterator[str]:
    for model in dict.fromkeys(each.model for each in found):
        own = [each for each in found if each.model == model]
        beyond = [each.code for each in own if each.q is not None and each.q < FALSE_DISCOVERIES]
        not_shown = [
            f"{each.code} ({_p(each.p)})" for each in own if each.q is not None and each.q >= FALSE_DISCOVERIES
        ]
        untested = [each.code for each in own if each.p is None and each.n_units]
        if beyond:
            yield f"{model}, where people's yes falls more often than by guessing: {', '.join(beyond)}"
        if not_shown:
            yield f"{model}, not told apart from guessing: {', '.join(not_shown)}"
        if untested:
            yield f"{model}, no test (nothing varies within an interview): {', '.join(untested)}"


def _alternative(found: Sequence[AlternativeTest]) -> Iterator[tuple[str, list[str]]]:
    by_head: dict[tuple[str, str, float], list[AlternativeTest]] = defaultdict(list)
    for each in found:
        by_head[each.model, each.heading, each.epsilon].append(each)
    for (model, heading, epsilon), tests in by_head.items():
        head = f"Alternative annotator test of {model}, epsilon {epsilon:g}" + (f" ({heading})" if heading else "")
        yield head, [line for test in tests for line in _of_test(test)] or ["no code or group to test"]


def _of_test(test: AlternativeTest) -> Iterator[str]:
    name = test.code or test.group
    if not test.people:
        return
    shown = []
    for person in test.people:
        if person.p is None:
            shown.append(f"{person.name}: not tested ({person.n_units} units)")
            continue
        clustered = "" if person.p_clustered is None else f", by interviews {_p(person.p_clustered)}"
        shown.append(f"{person.name}: {person.advantage:.2f} ({_p(person.p)}{clustered})")
    result = ""
    if test.passes is not None and test.winning_rate is not None:
        result = f"; stands in for {test.winning_rate:.0%} of them: {'passes' if test.passes else 'does not pass'}"
    yield f"{name}: {'; '.join(shown)}{result}"


def _interviews(n: int) -> str:
    return f"{n} interview{'' if n == 1 else 's'}"


def _p(p: float | None) -> str:
    if p is None:
        return "not tested"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _more(found: Sequence[object]) -> Iterator[str]:
    if len(found) > MOST_LISTED:
        yield f"and {len(found) - MOST_LISTED} more, all of them in --json"
