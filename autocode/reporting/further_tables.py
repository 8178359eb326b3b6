"""Tables of the agreement report that not every study has: ratings, and the alternative annotator test."""

from __future__ import annotations

from collections.abc import Iterator

from autocode.data import Agreement, AlternativePerson, AlternativeTest
from autocode.reporting.agreement_words import decimal
from autocode.reporting.report_parts import Table, table

_RATINGS = (
    "Alpha: Krippendorff's, ordinal. Kappa: Cohen's, with linear and with quadratic weights. Same: the share of units "
    "with the same rating."
)
_ALTERNATIVE = (
    "Calderon et al. 2025. Advantage: the share of units on which the model is as near to the other people as this "
    "person is, or nearer; a person's work is given an advantage of {epsilon:g} (epsilon) over it. By interviews: the "
    "same test with interviews, not units, as what may differ."
)


def ratings_table(agreement: Agreement) -> Table | None:
    """Two coders' ratings a row, code by code; None where nobody rated."""
    rows = [
        (
            each.code,
            f"{pair.coders[0]}, {pair.coders[1]}",
            f"{pair.n_units:,}",
            decimal(pair.alpha) if pair.status == "ok" else pair.status,
            decimal(pair.kappa_linear),
            decimal(pair.kappa_quadratic),
            decimal(pair.exact),
        )
        for each in agreement.ratings
        for pair in each.pairs
    ]
    columns = "Code|Coders|#Units|#Alpha|#Kappa, linear|#Kappa, quadratic|#Same"
    return table("Ratings", columns, rows, _RATINGS) if rows else None


def alternative_tables(agreement: Agreement) -> Iterator[Table]:
    """The alternative annotator test, a table for each model and heading; none where nobody asked for it."""
    heads = dict.fromkeys((test.model, test.heading, test.epsilon) for test in agreement.alternative)
    for model, heading, epsilon in heads:
        rows = [
            _of_person(test, person)
            for test in agreement.alternative
            if (test.model, test.heading, test.epsilon) == (model, heading, epsilon)
            for person in test.people
        ]
        title = f"Alternative annotator test of {model}" + (f": {heading}" if heading else "")
        if rows:
            columns = "Code|Person|#Units|#Advantage|#Chance|#By interviews|Result"
            yield table(title, columns, rows, _ALTERNATIVE.format(epsilon=epsilon))


def _of_person(test: AlternativeTest, person: AlternativePerson) -> tuple[str, ...]:
    result = ""
    if test.passes is not None and test.winning_rate is not None:
        verdict = "passes" if test.passes else "does not pass"
        result = f"stands in for {test.winning_rate:.0%} of the people: {verdict}"
    return (
        test.code or test.group,
        person.name,
        f"{person.n_units:,}",
        decimal(person.advantage),
        _chance(person.p),
        _chance(person.p_clustered),
        result,
    )


def _chance(p: float | None) -> str:
    return "not tested" if p is None else "under 0.001" if p < 0.001 else f"{p:.3f}"
