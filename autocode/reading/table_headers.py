"""What the header of a column says of it, in the languages that researchers write: a speaker, words, a time."""

from __future__ import annotations

import re

_SPEAKER = """
    speaker speakers name who person participant interviewee respondent talker voice label role
    sprecher sprecherin sprecher:in sprecher*in sprechende sprechender wer rolle teilnehmer teilnehmerin
    locuteur locutrice intervenant intervenante interlocuteur nom qui hablante orador oradora nombre quien quién
    falante quem nome locutor parlante relatore oratore chi spreker naam wie talare taler navn namn puhuja
    mówca rozmówca kto mluvčí beszélő konuşmacı спикер говорящий кто имя المتحدث דובר
    说话人 说话者 發言者 话者 話者 発言者 화자
"""
_WORDS = """
    text texts transcript transcription transcriptions utterance utterances words speech content said dialogue dialog
    turn answer
    transkript transkription äußerung äusserung wortlaut inhalt gesagtes aussage aussagen
    texte propos contenu énoncé parole paroles texto transcripción transcrição contenido conteúdo fala testo
    trascrizione enunciato contenuto tekst transcriptie uiting uitspraak innehåll yttrande ytring indhold litterointi
    teksti wypowiedź treść transkrypcja výpověď szöveg metin текст реплика النص טקסט 内容 文本 文字 発話 발화 내용
"""
_START = """
    time times timestamp timestamps timecode start begin from at
    zeit zeitmarke zeitstempel beginn von temps heure horodatage début tiempo hora tempo inicio início inizio
    minutage minuto tijd tid tidskod aika czas čas idő zaman время الوقت זמן 时间 時間 시간
"""
_END = "end stop to till until ende bis fin final fine einde slut loppu koniec konec конец 结束 終了 끝"
HEADERS = {
    word: role
    for role, words in (("speaker", _SPEAKER), ("words", _WORDS), ("start", _START), ("end", _END))
    for word in words.split()
}
"""What a word says of its column: `speaker`, `words`, `start` or `end`."""

_LONGEST = 200
"""More signs than any header of a column has; what is longer is words, or no table."""


def role_of(header: str) -> str | None:
    """What a header says of its column, by all of it, else by its last or first word; None where it says nothing.

    >>> role_of("Sprecher:in"), role_of("Speaker name"), role_of("Start time (s)"), role_of("Codes")
    ('speaker', 'speaker', 'start', None)
    """
    if len(header) > _LONGEST:
        return None
    folded = re.sub(r"\([^)]*\)", " ", header).casefold().strip(" .:")
    words = [word for word in re.split(r"[\s/_-]+", folded) if word]
    if not words or len(words) > 3:
        return None
    return HEADERS.get(folded) or HEADERS.get(words[-1]) or HEADERS.get(words[0])
