"""The ledger as one page with a small picture a code: no network, no script, no clock, every name escaped."""

from __future__ import annotations

from autocode.data import Ledger, LedgerCode, LedgerFigure
from autocode.reporting import ledger_pictures as drawn
from autocode.reporting.agreement_words import READING
from autocode.reporting.ledger_words import (
    alpha_words,
    edit_words,
    moved_words,
    noise_words,
    reasons,
    summary_of,
    version_line,
    version_words,
    who_words,
)
from autocode.reporting.pages import page

HOW = (
    "From left to right the versions of the codebook in their order, upwards Krippendorff's alpha, in all pictures on "
    "one scale; dotted at 0.667 and 0.80. Thin bars are 95 % intervals, from leaving out one interview at a time; none "
    "from fewer than five interviews. A line joins figures of the same coders. A model's figure is the mean over its "
    "repeats and the people. Its noise is shaded from 1 down to the alpha of its repeats with each other: so far the "
    "same version, asked again, differs from itself."
)
APART = " On the right, apart (none): coding whose version nobody declared."


def ledger_html(ledger: Ledger) -> str:
    """The ledger as one page that needs no network and no script. Names and words are escaped."""
    pictures = drawn.pictures(ledger)
    return page(
        "ledger.html",
        ledger=ledger,
        pictures=pictures,
        signs=drawn.signs(ledger),
        any_band=any(picture.bands for picture in pictures),
        any_silent=any(picture.silent for picture in pictures),
        width=drawn.WIDTH,
        height=drawn.HEIGHT,
        left=drawn.LEFT,
        right=drawn.RIGHT,
        top=drawn.TOP,
        bottom=drawn.BOTTOM,
        summary=summary_of(ledger),
        how=HOW + APART * any(not version.version for version in ledger.versions),
        reading=READING,
        version_of=version_line,
        beneath_name=_beneath_name,
        reasons=lambda code: reasons(figure for figure in code.figures if not figure.pair),
        alone=_is_told_already,
        alpha_words=alpha_words,
        edit_words=edit_words,
        noise_words=noise_words,
        version_words=version_words,
        who_words=who_words,
    )


def _beneath_name(code: LedgerCode) -> str:
    of = f"{' or '.join(code.of)}, as one" if code.of else ""
    return "; ".join(filter(None, [of, moved_words(code)]))


def _is_told_already(code: LedgerCode, pair: LedgerFigure) -> bool:
    """Whether these coders are all there are under that version, so that the pair is the figure of all."""
    return any(
        (f.version, f.coders, f.model, f.run) == (pair.version, pair.coders, pair.model, pair.run)
        for f in code.figures
        if not f.pair
    )
