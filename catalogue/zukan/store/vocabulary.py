"""Looks up the words of a catalogue: how many models have one, what it may begin, what it may be a slip of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from zukan.store.expressions import any_of, token
from zukan.store.memory import MOST, Memory
from zukan.store.sounds import heard, key, strangeness
from zukan.store.tokens import BEST, COUNTED_AT, EVERY, JOINT, NAME, SOUND, THREE, TOLERATED, UNCOUNTED
from zukan.store.wording import LONGEST_SPELLED, rests, squashed

_MOST_CANDIDATES = 400
_MOST_SOUNDING = 60
_RARE = 5
_RAREST = 3
_SHORT_LIST = 20_000
"""A list of so many is read through faster than a thousand names are looked at."""


class Vocabulary:
    """The words of an open catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that reads."""
        self._connection = connection
        self.memory = Memory(connection)

    def counts(self, tokens: Iterable[str]) -> dict[str, int]:
        """Return how many models have each of these tokens, as last counted; 0 and 1 are left out."""
        return self.memory.numbers(tokens, self._counts)

    def _counts(self, tokens: Sequence[str]) -> dict[str, int]:
        if len(tokens) == 1:
            sql, value = "SELECT text, models FROM term WHERE text = ?", tokens[0]
        else:
            sql = "SELECT text, models FROM term WHERE text IN (SELECT value FROM json_each(?))"
            value = json.dumps(tokens, ensure_ascii=False)
        return dict(self._connection.execute(sql, (value,)).fetchall())

    def count(self, text: str) -> int:
        """Return how many models have a token, as last counted; 0 for those of a single one."""
        return self.counts((text,)).get(text, 0)

    def in_names(self, words: Sequence[str]) -> int:
        """Return how many models have the rarest of some words in their name, as last counted; 0 for a single one."""
        counts = self.counts(NAME + word for word in words)
        return min((counts.get(NAME + word, 0) for word in words), default=0)

    def models(self) -> int:
        """Return how many models there were when the words were counted."""
        return self.count(EVERY)

    def is_fresh(self) -> bool:
        """Whether no model was indexed anew since the words were counted."""
        return self.memory.of("fresh", self._is_fresh)

    def _is_fresh(self) -> bool:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (UNCOUNTED,)).fetchone()
        return row is not None and int(row[0]) == 0

    def counted_at(self) -> str | None:
        """Return when the words were counted if hardly a model has changed since, None if the counts say too little."""
        return self.memory.of("counted at", self._counted_at)

    def _counted_at(self) -> str | None:
        rows = self._connection.execute("SELECT name, value FROM meta WHERE name IN (?, ?)", (UNCOUNTED, COUNTED_AT))
        facts = dict(rows.fetchall())
        recent = int(facts.get(UNCOUNTED, 0)) * TOLERATED <= self.models()
        return facts.get(COUNTED_AT) if recent else None

    def is_used(self, tokens: Sequence[str]) -> bool:
        """Whether any model has one of these tokens."""
        if any(self.counts(tokens)):
            return True
        return self._matches(any_of(token(text) for text in tokens))

    def is_rare(self, word: str) -> bool:
        """Whether so few models have a word in their name that it may be a slip of a frequent one."""
        return self.count(NAME + word) < _RARE and self.count(word) < _RARE

    def _matches(self, expression: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM model_text WHERE model_text MATCH ? LIMIT 1", (expression,)
        ).fetchone()
        return row is not None

    def longer(self, word: str) -> tuple[list[str], list[str]]:
        """Return the tokens of the most frequent words that begin with this one, itself first: in names, and anywhere.

        A number begins no longer number: only its versions (3: 3.1). Nobody may change them.
        """
        return self.memory.one("longer", word, lambda: self._longer(word), MOST)

    def _longer(self, word: str) -> tuple[list[str], list[str]]:
        starts = (NAME + word, word)
        if word.isdigit():
            in_name, anywhere = ([start, *self._range(start + JOINT, BEST)] for start in starts)
            return in_name, anywhere
        kept = dict(
            self._connection.execute("SELECT prefix, terms FROM beginning WHERE prefix IN (?, ?)", starts).fetchall()
        )
        in_name, anywhere = (
            list(dict.fromkeys((start, *(json.loads(kept[start]) if start in kept else self._range(start, BEST)))))
            for start in starts
        )
        return in_name, anywhere

    def _range(self, start: str, most: int) -> list[str]:
        rows = self._connection.execute(
            "SELECT text FROM term WHERE text >= ? AND text < ? ORDER BY models DESC LIMIT ?",
            (start, start[:-1] + chr(ord(start[-1]) + 1), most),
        )
        return [row[0] for row in rows]

    def values(self, start: str) -> list[tuple[str, int]]:
        """Return (token, models) of every counted token that begins so, in their own order; nobody may change it."""
        return self.memory.of(("values", start), lambda: self._values(start))

    def _values(self, start: str) -> list[tuple[str, int]]:
        return self._connection.execute(
            "SELECT text, models FROM term WHERE text >= ? AND text < ?",
            (start, start[:-1] + chr(ord(start[-1]) + 1)),
        ).fetchall()

    def pages(self, start: str, size: int) -> Iterator[list[tuple[str, int]]]:
        """Yield what `values` returns in lists of a size, each read when it is asked for."""
        after, end = start, start[:-1] + chr(ord(start[-1]) + 1)
        while page := self._connection.execute(
            "SELECT text, models FROM term WHERE text > ? AND text < ? ORDER BY text LIMIT ?", (after, end, size)
        ).fetchall():
            yield [(row[0], row[1]) for row in page]
            after = page[-1][0]

    def nearest(self, word: str, least: int = 0) -> str | None:
        """Return the frequent word of names that this one is a slip of: a letter or two dropped, doubled, changed.

        Args:
            word: As typed, in lower case; it may be a frequent word itself.
            least: So many models have the other word in their name.

        """
        if len(word) > LONGEST_SPELLED + 2:
            return None  # what is left of a long word without any two letters would fill the memory
        keys = {word, *rests(word)}
        if len(word) > 6:
            keys.update(rest for once in rests(word) for rest in rests(once))
        rows = self._connection.execute(
            "SELECT DISTINCT s.word, t.models FROM slip s JOIN term t ON t.text = ? || s.word "
            "WHERE s.rest IN (SELECT value FROM json_each(?)) AND t.models >= ? LIMIT ?",
            (NAME, json.dumps(list(keys), ensure_ascii=False), least, _MOST_CANDIDATES),
        ).fetchall()
        most = 1 if len(word) <= 5 else 2
        judged = ((_distance(word, other), models, other) for other, models in rows)
        near = [
            (distance, -models, other)
            for distance, models, other in judged
            # Two slips, yet not in the first letter; and who typed more than a word did not mean the word alone.
            if distance <= min(most, 1 if other[0] != word[0] or word.startswith(other) else most)
        ]
        return min(near)[2] if near else None

    def sounding(self, katakana: str) -> list[tuple[str, int, float]]:
        """Return (word, models, how unlike it sounds from 0 to 1) of the words of names with a sound's consonants."""
        sounds = heard(katakana)
        keys = {found for sound in sounds if len(found := key(sound)) > 1}
        rows = self._connection.execute(
            "SELECT DISTINCT s.word, t.models FROM slip s JOIN term t ON t.text = ? || s.word "
            "WHERE s.rest IN (SELECT value FROM json_each(?)) ORDER BY t.models DESC LIMIT ?",
            (NAME, json.dumps([SOUND + one for one in keys]), _MOST_SOUNDING),
        ).fetchall()
        return [(word, models, strangeness(sounds, word)) for word, models in rows]

    def meanings(self, phrases: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return what phrases ask for beside themselves, of those that ask for something."""
        rows = self._connection.execute(
            "SELECT phrase, wanted FROM meaning WHERE phrase IN (SELECT value FROM json_each(?))",
            (json.dumps(list(phrases), ensure_ascii=False),),
        )
        return {phrase: json.loads(wanted) for phrase, wanted in rows}

    def names_with(self, fragment: str, most: int, among: int | None = None) -> list[int]:
        """Return the places of models whose squashed name holds a fragment of three letters or more, popular first.

        Args:
            fragment: Letters and digits, lower case.
            most: How many to return.
            among: How many to look at that may hold it; all, where it is not said.

        """
        looked = self.memory.answer(("names", fragment), _LookedAt)
        if not looked.suffice(most, among):
            self._look(looked, fragment, most, among)
        return [place for at, place in looked.held[:most] if among is None or at < among]

    def _look(self, looked: _LookedAt, fragment: str, most: int, among: int | None) -> None:
        """Look at more models that may hold a fragment, behind those that one question has looked at before."""
        if len(fragment) < 3:
            looked.are_all = True
            return
        expression = " AND ".join(token(three) for three in self._telling(fragment))
        rows = self._connection.execute(
            "SELECT m.place, m.model_id FROM model_name n CROSS JOIN model m ON m.place = n.rowid "
            "WHERE n.model_name MATCH ? AND n.rowid > ?",
            (expression, looked.last),
        )
        for place, model_id in rows:
            if fragment in squashed(model_id):
                looked.held.append((looked.number, place))
            looked.number, looked.last = looked.number + 1, place
            if looked.suffice(most, among):
                return
        looked.are_all = True

    def _telling(self, fragment: str) -> list[str]:
        """Return three letters of a fragment that few names have, a few times: what they find is looked at anyhow.

        Beside the rarest stand the next that share no letter with them, unless too many have these: what has `rnl`
        mostly has `nlm` too.
        """
        threes = {fragment[place : place + 3]: place for place in range(len(fragment) - 2)}
        counts = self.counts(THREE + three for three in threes)
        rarest = sorted(threes, key=lambda three: counts.get(THREE + three, 0))
        most = max(_SHORT_LIST, 3 * counts.get(THREE + rarest[0], 0))
        apart = next((three for three in rarest if abs(threes[three] - threes[rarest[0]]) > 2), rarest[0])
        found = dict.fromkeys((rarest[0], apart if counts.get(THREE + apart, 0) <= most else rarest[0], *rarest))
        return list(found)[:_RAREST]


class _LookedAt:
    """The models that may hold a fragment and were looked at, popular first."""

    def __init__(self) -> None:
        self.held: list[tuple[int, int]] = []
        """(the how manieth, its place) of those that do."""
        self.number, self.last = 0, -1
        """How many there were, and the place of the last."""
        self.are_all = False

    def suffice(self, most: int, among: int | None) -> bool:
        """Whether no more are needed to name so many, among so many of them."""
        return self.are_all or len(self.held) >= most or (among is not None and self.number >= among)


def _distance(one: str, other: str) -> int:
    """Return the letters to drop, add, change or swap between two words (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, facing in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != facing))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
