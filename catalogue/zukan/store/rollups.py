"""Counts the words and filter tokens of the index, so that facets, prefixes and typing errors cost one look-up.

The counts are those of the moment they were made: `refresh` is called when a crawl, an import or a build ends, and
leaves them alone while fewer than one model in a thousand has changed since (`UNCOUNTED` says how many have).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from zukan.store.sounds import keys_of
from zukan.store.tokens import (
    AUTHOR,
    BASE,
    BEST,
    COUNTED_AT,
    EVERY,
    FACET,
    JOINT,
    NAME,
    PAIR,
    SOUND,
    SPELLED,
    THREE,
    TOLERATED,
    TURNED,
    UNCOUNTED,
)
from zukan.store.wording import LONGEST_SPELLED, rests

MEANINGS = "meanings"
"""Name in the table meta: which table of meanings is stored."""
SPELLING = "spelling"
"""Name in the table meta: by which rules `slip` was made."""
_SPELLED_BY = "3"
"""Raised when `zukan.store.sounds` or `rests` change."""
_SMALL = 100_000
"""In a catalogue of so many models words of a single one are counted too."""
_MOST_SPELLED = 30_000
_SHORTEST = 4
_SHORT_PREFIX = 2


def refresh(connection: sqlite3.Connection, meanings: Mapping[str, str], version: str, *, force: bool = False) -> bool:
    """Count anew where enough has changed; call inside a transaction.

    Args:
        connection: Writes the catalogue.
        meanings: What words and phrases ask for → JSON of it, see `zukan.meanings`.
        version: Tells this table of meanings from others.
        force: Count also where nothing has changed.

    Returns:
        Whether it was done.

    """
    execute = connection.execute
    names = (UNCOUNTED, COUNTED_AT, MEANINGS, SPELLING)
    facts = dict(execute("SELECT name, value FROM meta WHERE name IN (?, ?, ?, ?)", names))
    if facts.get(MEANINGS) != version:
        execute("DELETE FROM meaning")
        connection.executemany("INSERT INTO meaning (phrase, wanted) VALUES (?, ?)", meanings.items())
        execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (MEANINGS, version))
    changed = int(facts.get(UNCOUNTED, 0))
    models = int((execute("SELECT models FROM term WHERE text = ?", (EVERY,)).fetchone() or (0,))[0])
    if not force and COUNTED_AT in facts and changed * TOLERATED < models + (not changed):
        if facts.get(SPELLING) != _SPELLED_BY:
            _spell(connection, models)
        return False
    models = int(execute("SELECT count(*) FROM model").fetchone()[0])
    _count(connection, models)
    _spell(connection, models)
    _begin(connection)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    connection.executemany(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", ((COUNTED_AT, at), (UNCOUNTED, "0"))
    )
    return True


def _count(connection: sqlite3.Connection, models: int) -> None:
    execute = connection.execute
    execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'model_text', 'row')")
    execute("DELETE FROM term")
    # Of filters that few values make up, and of their pairs, every one counts, so that a facet is whole.
    execute(
        "INSERT INTO term (text, models) SELECT term, doc FROM temp.vocabulary WHERE doc > ?4 OR "
        "(term >= ?1 AND term < ?2 AND instr(?3, substr(term, 2, 1)) = 0)",
        (FACET, JOINT, AUTHOR + BASE, models > _SMALL),
    )
    execute("DROP TABLE temp.vocabulary")
    execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.threes USING fts5vocab('main', 'model_name', 'row')")
    execute("INSERT INTO term (text, models) SELECT ? || term, doc FROM temp.threes WHERE doc > 20", (THREE,))
    execute("DROP TABLE temp.threes")
    # The same pairs once more from their second filter: a facet reads them in one run.
    execute(
        "INSERT INTO term (text, models) SELECT ?1 || substr(text, 3, 1) || substr(text, 2, 1) || "
        "substr(text, instr(text, ?3) + 1) || ?3 || substr(text, 4, instr(text, ?3) - 4), models "
        "FROM term WHERE text >= ?2 AND text < ?3",
        (TURNED, PAIR, JOINT),
    )


def _spell(connection: sqlite3.Connection, models: int) -> None:
    """List the frequent words of names under what is left of them without one letter, and under their sounds."""
    words = connection.execute(
        "SELECT substr(text, 2) AS word FROM term WHERE text >= ?1 AND text < ?2 AND models > ?7 "
        "AND length(text) BETWEEN ?3 AND ?4 AND substr(text, 2, 1) <> ?6 AND substr(text, 2) GLOB '*[a-z]*' "
        "ORDER BY models DESC LIMIT ?5",
        (
            NAME,
            chr(ord(NAME) + 1),
            _SHORTEST + 1,
            LONGEST_SPELLED + 1,
            _MOST_SPELLED,
            SPELLED,
            0 if models <= _SMALL else 2,
        ),
    ).fetchall()
    connection.execute("DELETE FROM slip")
    connection.executemany(
        "INSERT OR IGNORE INTO slip (rest, word) VALUES (?, ?)",
        ((rest, word) for (word,) in words for rest in (word, *rests(word), *(SOUND + key for key in keys_of(word)))),
    )
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (SPELLING, _SPELLED_BY))


def _begin(connection: sqlite3.Connection) -> None:
    """List the most frequent words that begin with one or two letters: too many to look through when asked."""
    best: dict[str, list[tuple[int, str]]] = {}
    rows: Iterable[tuple[str, int]] = connection.execute(
        "SELECT text, models FROM term WHERE text < ?1 OR (text >= ?2 AND text < ?3)", ("\ue000", NAME, "\ue001")
    )
    for text, models in rows:
        if SPELLED in text:
            continue
        mark, word = (NAME, text[1:]) if text.startswith(NAME) else ("", text)
        for length in range(1, _SHORT_PREFIX + 1):
            if len(word) < length:
                break
            found = best.setdefault(mark + word[:length], [])
            found.append((models, text))
            if len(found) > 20 * BEST:
                found.sort(reverse=True)
                del found[BEST:]
    connection.execute("DELETE FROM beginning")
    connection.executemany(
        "INSERT INTO beginning (prefix, terms) VALUES (?, ?)",
        (
            (prefix, json.dumps([text for _, text in sorted(found, reverse=True)[:BEST]], ensure_ascii=False))
            for prefix, found in best.items()
        ),
    )
