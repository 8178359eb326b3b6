"""Codings -> units -> coefficients and intervals: how far coders agree, and what such a figure may be called.

codings + transcripts → `units` → `agree` → `Agreement`

Cutting makes units of transcripts, placing puts segments on them, deciding turns a coding into 1, 0 and missing.
Variables are what coders are compared on (codes, themes, groups); coefficients and intervals are the statistics;
naming says what a figure may be called; measuring, beside and pooling put the figures together.

Every coefficient is also a plain function of a table of decisions, with a row a unit and a column a coder (an array, a
data frame, a list of rows), or of the spans that coders marked; no transcript is needed. It returns a `Figure`.
"""

from autocode.agreement.alpha import krippendorff_alpha
from autocode.agreement.alternative import AlternativeAnnotatorTest, alternative_annotator_test
from autocode.agreement.comparing import agree
from autocode.agreement.disputes import differing, disputes, readers, without
from autocode.agreement.figures import Figure
from autocode.agreement.fragility import Fragility, fragility
from autocode.agreement.kappas import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    fleiss_kappa_by_value,
    gwet_ac1,
    gwet_ac2,
    pabak,
    scott_pi,
)
from autocode.agreement.marks import Marks, passage_id
from autocode.agreement.multivalued import multi_valued_alpha
from autocode.agreement.pooling import summary, withhold
from autocode.agreement.programs import dedoose_pooled_kappa, maxqda_kappa
from autocode.agreement.resampling import (
    Jackknife,
    Resampled,
    bootstrap_over_pairs,
    bootstrap_over_transcripts,
    bootstrap_over_units,
    jackknife_over_transcripts,
    jackknife_over_units,
)
from autocode.agreement.sets import dice_distance, jaccard_distance, masi_distance, set_alpha
from autocode.agreement.shares import (
    YesNo,
    bias_index,
    negative_agreement,
    percent_agreement,
    positive_agreement,
    prevalence_index,
    rule_of_three,
    specific_agreement,
    yes_no_table,
)
from autocode.agreement.spans import UnitizingAlphas, unitizing_alphas
from autocode.agreement.spans_2004 import UnitizingAlphas2004, unitizing_alphas_2004
from autocode.agreement.unitizing import units

__all__ = [
    "AlternativeAnnotatorTest",
    "Figure",
    "Fragility",
    "Jackknife",
    "Marks",
    "Resampled",
    "UnitizingAlphas",
    "UnitizingAlphas2004",
    "YesNo",
    "agree",
    "alternative_annotator_test",
    "bias_index",
    "bootstrap_over_pairs",
    "bootstrap_over_transcripts",
    "bootstrap_over_units",
    "brennan_prediger",
    "cohen_kappa",
    "dedoose_pooled_kappa",
    "dice_distance",
    "differing",
    "disputes",
    "fleiss_kappa",
    "fleiss_kappa_by_value",
    "fragility",
    "gwet_ac1",
    "gwet_ac2",
    "jaccard_distance",
    "jackknife_over_transcripts",
    "jackknife_over_units",
    "krippendorff_alpha",
    "masi_distance",
    "maxqda_kappa",
    "multi_valued_alpha",
    "negative_agreement",
    "pabak",
    "passage_id",
    "percent_agreement",
    "positive_agreement",
    "prevalence_index",
    "readers",
    "rule_of_three",
    "scott_pi",
    "set_alpha",
    "specific_agreement",
    "summary",
    "unitizing_alphas",
    "unitizing_alphas_2004",
    "units",
    "withhold",
    "without",
    "yes_no_table",
]
