"""Fillers, negations and number words of several languages: they only name the kind of a change, and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from autocode.grounding.prepared import search_words

FILLERS: Mapping[str, str] = {
    "en": "um uh uhm er erm eh ah oh hm hmm mm mhm like so well yeah right just actually basically really okay ok "
    "you know i mean sort kind of",
    "de": "ähm äh öhm öh halt also ja naja eben irgendwie sozusagen quasi weißt du sag ich mal",
    "fi": "niinku tota noin niin siis silleen öö ööh joo",
    "es": "este eh pues bueno o sea digamos vale",
    "fr": "euh ben bah voilà enfin quoi donc alors genre",
    "it": "cioè ehm allora comunque",
    "ja": "あの えっと ええと まあ なんか その",
    "ar": "يعني طيب اه آه مثلا تعرف",
}
NEGATIONS: Mapping[str, str] = {
    "en": "no not never none nobody nothing neither nor without hardly cannot can't don't doesn't didn't won't "
    "wouldn't isn't aren't wasn't weren't couldn't shouldn't haven't hasn't hadn't ain't",
    "de": "nicht nie niemals kein keine keinen keinem keiner nichts niemand ohne kaum",
    "fi": "en et ei emme ette eivat eivät älä koskaan kukaan mitään ilman tuskin",
    "es": "no nunca nadie nada ningún ninguno ninguna sin tampoco",
    "fr": "ne pas jamais rien personne sans non",
    "it": "non mai niente nessuno senza",
    "ja": "ない なかった ません",
    "ar": "لا لم لن ليس بدون أبدا",
}
NUMBERS: Mapping[str, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half "
    "twice once",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend",
    "fi": "yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen sata tuhat",
    "es": "uno una dos tres cuatro cinco seis siete ocho nueve diez cien mil",
    "fr": "deux trois quatre cinq sept huit neuf dix cent mille",
    "ja": "一 二 三 四 五 六 七 八 九 十 百 千",
}


@cache
def is_filler(word: str) -> bool:
    """Whether a word (as the search compares them) is said to fill a pause, in one of the languages."""
    return word in _forms("fillers")


@cache
def is_negation(word: str) -> bool:
    """Whether a word turns a statement round, in one of the languages."""
    return word in _forms("negations")


@cache
def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or in words."""
    return any(character.isdigit() for character in word) or word in _forms("numbers")


@cache
def _forms(kind: str) -> frozenset[str]:
    lists = {"fillers": FILLERS, "negations": NEGATIONS, "numbers": NUMBERS}[kind]
    return frozenset(word for words in lists.values() for word in search_words(words))
