"""Invented people's talk about work: sentences put together from word lists, planted ones for each code and others.

A planted sentence is about one topic and one thing that it did to the speaker; that pair is the code. Other sentences
are about no code. No sentence has a colon or a full stop inside, so that each is one sentence for every reader.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

_TOPICS = """
    rota:the rota|manager:my manager|team:the team|pay:the pay|training:the training|commute:the way to work
    breaks:the break room|tools:the new software|clients:the regulars|night-shift:the night shift|uniform:the uniform
    office:the head office|meetings:the weekly meeting|deputy:the deputy|union:the union|canteen:the canteen
    paperwork:the paperwork|phones:the phone line|targets:the targets|induction:the first month|heating:the heating
    parking:the car park|leave:the holiday list|overtime:the overtime|appraisal:the yearly appraisal|lifts:the lift
    storeroom:the storeroom|agency:the agency staff|email:the group email|keys:the key cupboard|window:the side window
    radio:the radio
"""
_EFFECTS = (
    ("relief", "Relief", "made the work easier to bear", "took a weight off {who}|made it easier for {who}"),
    ("strain", "Strain", "made the work harder to bear", "wore {who} out|put a strain on {who}"),
    ("belonging", "Belonging", "made the speaker feel part of the place", "made {who} feel at home|drew {who} in"),
    (
        "leaving",
        "Thoughts of leaving",
        "made the speaker think of leaving",
        "nearly drove {who} away|made {who} want to quit",
    ),
    ("pride", "Pride", "made the speaker proud of the work", "made {who} proud|gave {who} something to be proud of"),
    ("sleep", "Lost sleep", "cost the speaker sleep", "kept {who} awake|cost {who} a night's sleep"),
    ("trust", "Trust", "made the speaker trust somebody more", "taught {who} to trust people|won {who} over"),
    ("anger", "Anger", "made the speaker angry", "made {who} furious|had {who} shouting in the car"),
    ("learning", "Learning", "taught the speaker something", "taught {who} a lot|showed {who} how it is done"),
    ("health", "Health", "hurt or healed the speaker's body", "went into {who} bones and back|gave {who} headaches"),
    ("money", "Money", "cost or saved the speaker money", "cost {who} real money|saved {who} a fair bit"),
    ("family", "Family", "reached into the speaker's family", "cost {who} time at home|came home with {who}"),
    ("respect", "Respect", "showed the speaker respect, or none", "made {who} feel small|made {who} feel seen"),
    ("routine", "Routine", "gave the day an order", "gave {who} a rhythm|kept {who} on track"),
    ("humour", "Humour", "gave the speaker something to laugh about", "had {who} laughing|cheered {who} up"),
    ("doubt", "Doubt", "made the speaker doubt themselves", "made {who} doubt everything|left {who} unsure"),
)
_OPENINGS = """
    honestly|to be fair|looking back|if you ask me|at the time|back then|strangely enough|in the end|for what it's worth
    after a while|more than once|on the whole|to my surprise|as far as I can tell|I have to say|in my own case|quietly
    without a word|little by little|as it happens|the way I see it|some weeks|after the move|before the merger|you know
"""
_WHO = "me|all of us|both of us|half the floor|everyone on lates|us older ones|the new ones and me|me and my mate"
_PLACES = """
    on the second floor|behind the counter|in the old building|at the depot|on the ward|in the back office|at the gate
    in the small kitchen|out in the yard|by the loading bay|at the far end|in the annexe|near the entrance|upstairs
    in the workshop|at the front desk|on the late bus|down in the basement|at the other site|in the corridor
"""
_TIMES = """
    last winter|the spring after that|two years ago|in the second week|on a Monday morning|before the holidays|in August
    the year my son was born|just after payday|when the snow came|around Easter|during the audit|the week we moved
    the night of the storm|a month into it|when the lights failed|on the hottest day|in the run-up to the inspection
    the day the boiler went|in my fourth year|on the last Friday|when we were three short|in the quiet season|after work
"""
_ENDINGS = """
    and nobody wrote it down|and I still think about it|though I never said so|which I did not expect|and that stayed
    and we laughed about it later|and that was new to me|even on good days|and it showed|and I told my sister so
    and the others saw it too|without anybody asking|and I would say it again|as small as that sounds|and not only then
    and I wrote home about it|before I had noticed|and there was no going back|for the first time|and so it went on
"""
_SUBJECTS = "I|We|My sister|The man next to me|Somebody|A woman from accounts|The driver|My neighbour|They|The cleaner"
_DEEDS = """
    walked over to the window|put the kettle on|went through the list again|waited for the bus|read the notice twice
    carried the boxes upstairs|counted the chairs|opened the post|looked for the other key|swept the floor
    talked about the weather|drove to the coast|bought a sandwich|tidied the shelves|watched the rain|signed the book
    moved the table a little|wrote the date on the board|turned the radio down|found an old photograph|hung up the coats
"""
_LINKS = "and then|and after that|while somebody|because I think we|so that we|until the others|and before long we"
_AFTER = """
    went back to where we had been|had another look at it|sat down for a minute|said what there was to say|left it there
    talked for a bit longer|started again from the top|went out for some air|forgot what it was about|made a note of it
"""
_QUESTIONS = """
    What was that like?|Could you say a little more about that?|And how did it go on?|What happened then?|Who was there?
    How long had you been there by then?|Can you think of a day when that was so?|What did the others make of it?
    And before that, how was it?|What would you have wanted instead?|How do you look at it now?|Was it always like that?
    If you think of the last year, what stands out?|You said earlier that it was different, in what way was it?
"""
# To come out at an exact number of words; none is about a code.
SHORT = (
    *("Yes.", "I see.", "That was all.", "It was like that.", "I do not know why.", "There was not much to say."),
    *("You would have to ask the others.", "It is a long time ago by now."),
)
"""A sentence of one word, of two, …, of eight."""


def _list(words: str) -> tuple[str, ...]:
    return tuple(part.strip() for line in words.strip().split("\n") for part in line.split("|"))


@dataclass(frozen=True)
class Theme:
    """What a code is about, and how people say it."""

    id: str
    name: str
    topic: str
    meaning: str
    phrases: tuple[str, ...]


def themes(number: int) -> list[Theme]:
    """So many codes, each a topic and what it did to the speaker. Raises ValueError above 512."""
    topics = [topic.split(":") for topic in _list(_TOPICS)]
    if not 0 < number <= len(topics) * len(_EFFECTS):
        raise ValueError(f"there can be 1 to {len(topics) * len(_EFFECTS)} codes, not {number}")
    found = []
    for at in range(number):
        short, topic = topics[at % len(topics)]
        id, name, meaning, phrases = _EFFECTS[(at + at // len(topics)) % len(_EFFECTS)]
        found.append(Theme(f"{short}-{id}", f"{name} and {topic}", topic, meaning, tuple(phrases.split("|"))))
    return found


class Speech:
    """A source of sentences. One that is planted never comes twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._planted: set[str] = set()
        lists = (_OPENINGS, _WHO, _PLACES, _TIMES, _ENDINGS, _SUBJECTS, _DEEDS, _LINKS, _AFTER, _QUESTIONS)
        (self._openings, self._who, self._places, self._times, self._endings) = map(_list, lists[:5])
        (self._subjects, self._deeds, self._links, self._after, self._questions) = map(_list, lists[5:])

    def _any(self, words: tuple[str, ...]) -> str:
        return words[int(self.random.random() * len(words))]

    def planted(self, theme: Theme) -> str:
        """A sentence that a code is meant to be found by; none equals one before."""
        for _ in range(1000):
            said = self._any(theme.phrases).format(who=self._any(self._who))
            opening, place = self._any(self._openings), self._any(self._places)
            sentence = f"{opening}, {theme.topic} {said} {place} {self._any(self._times)}, {self._any(self._endings)}."
            sentence = sentence[0].upper() + sentence[1:]
            if sentence not in self._planted:
                self._planted.add(sentence)
                return sentence
        raise ValueError(f"there are no more different sentences about {theme.id}")

    def other(self) -> str:
        """A sentence about no code."""
        subject, deed = self._any(self._subjects), self._any(self._deeds)
        if self.random.random() < 0.4:
            return f"{subject} {deed} {self._any(self._times)}."
        link, after = self._any(self._links), self._any(self._after)
        return f"{subject} {deed} {self._any(self._places)} {link} {after}."

    def question(self) -> str:
        """A question that an interviewer asks."""
        return self._any(self._questions)

    def of_words(self, number: int) -> list[str]:
        """Sentences of exactly so many words together."""
        return [SHORT[-1]] * (number // len(SHORT)) + ([SHORT[number % len(SHORT) - 1]] if number % len(SHORT) else [])
