"""The signs that Word writes as a place in a symbol font, as the characters they show."""

from __future__ import annotations

_WINGDINGS = {
    0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0xE0: "→", 0xDF: "←", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑", 0xA8: "◻", 0x6C: "●", 0x6E: "■", 0xA7: "▪", 0x9F: "•", 0x28: "☎", 0x43: "👍", 0x44: "👎",
}  # fmt: skip
_GREEK = dict(zip(b"abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_SYMBOL = {
    **_GREEK,
    **{place - 32: sign.upper() for place, sign in _GREEK.items()},
    0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xAB: "↔", 0xDE: "⇒", 0xB3: "≥", 0xA3: "≤", 0xB9: "≠", 0xB1: "±",
    0xB4: "×", 0xB7: "•", 0xBC: "…", 0xA5: "∞", 0xB0: "°", 0x2D: "−",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "symbol": _SYMBOL}


def symbol(font: str, place: str) -> tuple[str, bool]:
    """The character at a place (hexadecimal) of a font, and whether it is known; U+FFFD where it is not.

    >>> symbol("Wingdings", "F04A"), symbol("Symbol", "F061"), symbol("Calibri", "00E9")
    (('☺', True), ('α', True), ('é', True))
    """
    try:
        code = int(place, 16)
    except ValueError:
        return "\ufffd", False
    table = _FONTS.get(font.casefold())
    if table is None and 0x20 <= code < 0xD800:
        return chr(code), True
    sign = (table or {}).get(code & 0xFF if code >= 0xF000 or code < 0x100 else -1)
    return (sign, True) if sign else ("\ufffd", False)
