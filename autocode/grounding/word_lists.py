"""Fillers, negations, numbers, conditions and reported speech in several languages.

They only name the kind of a change or raise a flag for a person to look at; no quote is found or lost by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from autocode.grounding.folding import fold, is_unspaced
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
    "ja": "ない なかった ません ずに",
    "zh": "不 没 沒",
    "th": "ไม่ อย่า มิได้",
    "ar": "لا لم لن ليس بدون أبدا",
    "hi": "नहीं मत न",
    "ru": "не нет ни никогда ничего никто без",
    "pt": "não nunca nada ninguém nenhum nenhuma sem",
    "nl": "niet nooit geen niets niemand zonder",
    "sv": "inte aldrig ingen inget inga utan",
    "tr": "değil yok hiç asla",
}
NEGATING = (
    frozenset(("un", "n", "non", "dis", "im", "in", "il", "ir", "a", "an", "anti", "nicht", "miss", "mis", "des")),
    frozenset(("less", "lessly", "lessness", "los", "lose", "losen", "loser", "loses", "n't", "ton", "tön")),
)
"""What makes the contrary of a word, put before it or behind it."""
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


CONDITIONS: Mapping[str, str] = {
    "en": "if unless whether provided supposing would",
    "de": "wenn falls sofern ob würde",
    "fi": "jos ellei mikäli",
    "es": "si salvo siempre cuando",
    "fr": "si sauf",
    "it": "se purché",
    "ja": "もし なら たら れば",
    "ar": "إذا لو إن",
}
REPORTED: Mapping[str, str] = {
    "en": "said says say saying told tell tells asked claimed claims thought thinks heard supposedly apparently",
    "de": "sagte sagt sagten sagen meinte meint behauptet behauptete hieß angeblich gehört",
    "fi": "sanoi sanoo sanoivat väitti kertoi kuulemma muka",
    "es": "dijo dice dicen dijeron decía contó preguntó supuestamente",
    "fr": "dit disait disent racontait prétend paraît",
    "it": "detto disse dice dicono diceva",
    "ja": "言っ 言わ 言う らしい そうです",
    "ar": "قال قالت قالوا يقول تقول",
}


def holds(words: Sequence[str], *lists: Mapping[str, str]) -> bool:
    """Whether one of the words (as the search compares them) is in a list, in any of its languages.

    In scripts without blanks, where a word is a sign, the words are joined first.

    >>> holds(["i", "don't", "know"], NEGATIONS), holds(search_words("分からない"), NEGATIONS)
    (True, True)
    """
    return any(held(words, each) for each in lists)


def held(words: Sequence[str], of: Mapping[str, str]) -> list[str]:
    """Those of the words that are in a list, in any of its languages; of scripts without blanks, the forms found.

    >>> held(search_words("I do not, I cannot"), NEGATIONS), held(search_words("行かない"), NEGATIONS)
    (['not', 'cannot'], ['ない'])
    """
    plain, unspaced = _forms(tuple(of.values()))
    found = [word for word in words if word in plain]
    joined = "".join(word if is_unspaced(word[0]) else " " for word in words)
    return found + unspaced.findall(joined) if joined.strip() else found


def negations(words: Sequence[str]) -> list[str]:
    """The words among some that say no, "n't" at the end of a verb included.

    >>> negations(search_words("You mustn't say nothing"))
    ['nothing', "mustn't"]
    """
    return held(words, NEGATIONS) + [word for word in words if _is_contracted(word)]


def _is_contracted(word: str) -> bool:
    return word.endswith("n't") and word not in _forms(tuple(NEGATIONS.values()))[0]


def negates(before: str, after: str) -> bool:
    """Whether what stands before or after a word, as part of a longer one, makes the contrary of it.

    >>> negates("un", ""), negates("", "less"), negates("re", "")
    (True, True, False)
    """
    return before in NEGATING[0] or after in NEGATING[1]


def are_contrary(a: str, b: str) -> bool:
    """Whether one of two words is the other with a part before or behind it that makes its contrary.

    >>> are_contrary("happy", "unhappy"), are_contrary("hopeless", "hope"), are_contrary("another", "other")
    (True, True, False)
    """
    short, long = sorted((a, b), key=len)
    before, after = long.removesuffix(short).rstrip("'"), long.removeprefix(short)
    return short != long and (
        (before != long and before not in ("a", "an") and negates(before, "")) or (after != long and negates("", after))
    )


def are_fillers(words: Sequence[str]) -> bool:
    """Whether all of the words are only said to fill a pause."""
    plain, unspaced = _forms(tuple(FILLERS.values()))
    left = unspaced.sub("", "".join(word for word in words if is_unspaced(word[0])))
    return not left and all(word in plain for word in words if not is_unspaced(word[0]))


@cache
def fillers() -> frozenset[str]:
    """The words that by themselves are said to fill a pause, as the search compares them."""
    return _forms(tuple(FILLERS.values()))[0]


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or in words."""
    return any(character.isnumeric() for character in word) or holds([word], NUMBERS)


@cache
def _forms(lists: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str]]:
    """The words of some lists as the search compares them, and a pattern of those of scripts without blanks."""
    words = [word for each in lists for word in each.split()]
    unspaced = sorted({word for word in words if is_unspaced(word[0])}, key=lambda word: (-len(word), word))
    spaced = (word for word in words if not is_unspaced(word[0]))
    pattern = "|".join(re.escape(fold(word).text) for word in unspaced)
    return frozenset(form for word in spaced for form in search_words(word)), re.compile(pattern or "(?!)")
