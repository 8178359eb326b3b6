"""Codings -> units -> coefficients and intervals: how far coders agree, and what such a figure may be called.

codings + transcripts → `units` → `agree` → `Agreement`

Cutting makes units of transcripts, placing puts segments on them, deciding turns a coding into 1, 0 and missing.
Variables are what coders are compared on (codes, themes, groups); coefficients and intervals are the statistics;
naming says what a figure may be called; measuring, beside and pooling put the figures together.
"""

from autocode.agreement.coefficients import (
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    specific_agreement,
)
from autocode.agreement.comparing import agree
from autocode.agreement.pooling import summary, withhold
from autocode.agreement.unitizing import units

__all__ = [
    "agree",
    "cohen_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "percent_agreement",
    "specific_agreement",
    "summary",
    "units",
    "withhold",
]
