"""What other programs print, to compare with: from the same decisions, by their formulas. Read alpha beside it.

- De Vries, H., Elliott, M. N., Kanouse, D. E., Teleki, S. S. (2008). Using pooled kappa to summarize interrater
  agreement across many items. Field Methods 20, 272-282. (Dedoose)
- Brennan, R. L., Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and alternatives.
  Educ. Psychol. Meas. 41, 687-699. (MAXQDA)

`tables` holds for each code a table of two coders' decisions, a row a unit: 1 yes, 0 no, -1 or None no decision.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocode.agreement.figures import Figure
from autocode.agreement.ratings import Table
from autocode.agreement.shares import yes_no_table


def dedoose_pooled_kappa(tables: Sequence[Table]) -> Figure:
    """The pooled kappa that Dedoose prints: (mean p_o - mean p_e) / (1 - mean p_e), with Cohen's p_o and p_e of a code.

    Codes without a unit that both coders decided have no part in it. `n_units` counts units times codes.
    """
    found = [each for each in map(yes_no_table, tables) if each.n]
    if not found:
        return Figure(None, status="too few units", reason="on no code was a unit decided by two coders")
    p_o = sum((t.both + t.neither) / t.n for t in found) / len(found)
    p_e = 0.0
    for t in found:
        first, second = (t.both + t.only_first) / t.n, (t.both + t.only_second) / t.n
        p_e += (first * second + (1 - first) * (1 - second)) / len(found)
    n = sum(t.n for t in found)
    if 1 - p_e < 1e-12:
        reason = "on no code do the decisions of the two coders vary"
        return Figure(None, "no variation", reason, n, 2 * n, p_o, p_e)
    return Figure((p_o - p_e) / (1 - p_e), "ok", "", n, 2 * n, p_o, p_e)


def maxqda_kappa(tables: Sequence[Table]) -> Figure:
    """The kappa that MAXQDA prints, after Brennan and Prediger: (p_o - 1/k) / (1 - 1/k) for k codes.

    p_o = a / (a + b + c) over all codes: what both coded, of what either coded. What nobody coded has no part in it.
    `n_units` counts such cells of units and codes. Undefined for one code, or where nobody coded anything.
    """
    found = [yes_no_table(each) for each in tables]
    a = sum(t.both for t in found)
    n = a + sum(t.only_first + t.only_second for t in found)
    if len(found) < 2:
        return Figure(None, status="no variation", reason="one code alone: chance would be 1", n_units=n)
    if not n:
        return Figure(None, status="no variation", reason="neither coder applied any of the codes")
    p_o, p_e = a / n, 1 / len(found)
    return Figure((p_o - p_e) / (1 - p_e), "ok", "", n, 2 * n, p_o, p_e)
