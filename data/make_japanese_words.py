"""Writes japanese_words.tsv.gz: Japanese nouns and what they are called in the names of models.

    pip download --no-deps jamdict-data==1.5    # JMdict as SQLite: jamdict_data/jamdict.db.xz in the archive, unpack it
    python data/make_japanese_words.py --dictionary jamdict.db [--names FILE.jsonl.gz …]

Who asks in Japanese names a subject in Japanese, and hardly a model's name does. Kept are the common nouns and
loanwords of JMdict whose first meaning is told in a word or two that names of models hold: those of the shipped
snapshot, and of each file of Hub rows that is given. Each line is a word, a tab, and one to three English ones with |
between them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))

from zukan.tasks import registry  # noqa: E402

SEED, TARGET = HERE / "seed.jsonl.gz", HERE / "japanese_words.tsv.gz"
CORRECTIONS = HERE / "japanese_corrections.tsv"
"""Word, a tab, and what it is called in English after all: the first sense of a dictionary is often none that models
are made for. With nothing behind the tab a word says no subject."""
LEAST, MOST = 22, 0.01
"""A word counts that a name of the snapshot holds, or so many elsewhere, and not so large a share of all names: what
one in a hundred says is no subject."""
MOST_WORDS, MOST_GLOSSES = 2, 3
UNUSUAL = {
    "archaism", "obscure term", "obsolete term", "rare", "derogatory", "vulgar expression or word", "poetical term",
    "proverb", "idiomatic expression", "dated term", "onomatopoeic or mimetic word", "yojijukugo", "slang",
}  # fmt: skip
COMMON = {"news1", "news2", "ichi1", "ichi2", "spec1", "spec2", "gai1", "gai2"}
NO_THINGS = ("adverb", "pronoun", "temporal", "counter", "expressions", "prefix", "suffix", "conjunction", "auxiliary")
KANA_ALONE = "word usually written using kana alone"
KATAKANA, KANJI = re.compile("[ァ-ヺー]{2,8}"), re.compile("[一-鿿々]")
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
ASIDE = re.compile(r"\([^()]*\)")


class Entry(NamedTuple):
    """A word of the dictionary."""

    forms: Sequence[tuple[str, bool]]
    """(how it is written, whether that is common)."""
    glosses: Sequence[str]
    """Of its first meaning."""
    is_thing: bool
    """Whether it is a noun, and nothing else beside."""
    remarks: frozenset[str]


def names_in(path: Path) -> Iterator[str]:
    """Yield the name, without its owner, of every model in a file of Hub rows."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield str(json.loads(line).get("id", "")).rpartition("/")[2]


def words_of(name: str) -> set[str]:
    """Return the words of a name; those too that only capitals tell apart."""
    return {word for text in (name, CAPITAL.sub(" ", name)) for word in re.split(r"[^0-9a-z]+", text.lower())}


class Known:
    """The words that names of models hold."""

    def __init__(self, snapshot: Iterable[str], others: Iterable[str]) -> None:
        """Count them."""
        self.silent = registry().stop_words
        self.shipped = Counter(word for name in snapshot for word in words_of(name))
        self.elsewhere: Counter[str] = Counter()
        self.names = 1
        for name in others:
            self.names += 1
            self.elsewhere.update(words_of(name))

    def holds(self, word: str) -> bool:
        """Whether a word is one that tells models apart."""
        frequent = self.elsewhere[word] > MOST * self.names and self.names > 1
        return (
            len(word) > 2
            and word not in self.silent
            and not frequent
            and (self.shipped[word] > 0 or self.elsewhere[word] >= LEAST)
        )


def entries(dictionary: sqlite3.Connection) -> Iterator[Entry]:
    """Yield every entry of JMdict, as jamdict keeps it."""
    common = {
        (kind, row)
        for kind, table in (("Kanji", "KJP"), ("Kana", "KNP"))
        for row, text in dictionary.execute(f"SELECT kid, text FROM {table}")  # noqa: S608 (two names of ours)
        if text in COMMON
    }
    forms: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for kind in ("Kanji", "Kana"):
        for row, entry, text in dictionary.execute(f"SELECT ID, idseq, text FROM {kind} ORDER BY ID"):  # noqa: S608
            forms[entry].append((text, (kind, row) in common))
    first = dict(dictionary.execute("SELECT idseq, min(ID) FROM Sense GROUP BY idseq"))
    of_sense: dict[str, dict[int, list[str]]] = {
        "SenseGloss": defaultdict(list),
        "pos": defaultdict(list),
        "misc": defaultdict(list),
    }
    for table, found in of_sense.items():
        for sense, text in dictionary.execute(f"SELECT sid, text FROM {table} ORDER BY rowid"):  # noqa: S608
            found[sense].append(text)
    for entry, sense in first.items():
        yield Entry(
            forms[entry],
            of_sense["SenseGloss"][sense],
            any(kind.startswith("noun") for kind in of_sense["pos"][sense])
            and not any(part in kind for kind in of_sense["pos"][sense] for part in NO_THINGS),
            frozenset(of_sense["misc"][sense]),
        )


def english(entry: Entry, known: Known, *, is_common: bool) -> list[str]:
    """Return what names of models call it: the glosses that they hold, of a longer one its name or its last word."""
    found: dict[str, None] = {}
    for gloss in entry.glosses[:MOST_GLOSSES]:
        text = gloss
        while ASIDE.search(text):
            text = ASIDE.sub("", text)
        parts = re.findall(r"[0-9A-Za-z]+", text)
        proper = [part.lower() for part in parts if part[0].isupper() and known.holds(part.lower())]
        if not parts or len(parts) > MOST_WORDS + 1:
            continue
        if len(parts) > 1 and not is_common:
            continue
        if len(parts) > 1 and proper:
            found[proper[0]] = None
        elif len(parts) <= MOST_WORDS and all(known.holds(part.lower()) for part in parts):
            found[" ".join(parts).lower()] = None
            if len(parts) > 1:
                found[parts[-1].lower()] = None
    return list(found)[:MOST_GLOSSES]


def is_written(text: str, entry: Entry, *, is_common: bool) -> bool:
    """Whether a word is written so that it is found in a text without spaces: kanji, katakana, or kana by custom."""
    if KATAKANA.fullmatch(text):
        return is_common or len(text) > 2
    if not is_common:
        return False
    return bool(KANJI.search(text)) or (KANA_ALONE in entry.remarks and len(text) > 2)


def table(dictionary: sqlite3.Connection, known: Known) -> dict[str, list[str]]:
    """Return Japanese word → English ones; of words written alike those of the common one first."""
    found: dict[str, list[str]] = {}
    for wanted in (True, False):
        for entry in entries(dictionary):
            if not entry.is_thing or entry.remarks & UNUSUAL:
                continue
            for text, is_common in entry.forms:
                if is_common is wanted and is_written(text, entry, is_common=is_common):
                    words = english(entry, known, is_common=is_common)
                    if words and (is_common or text not in found):
                        found[text] = list(dict.fromkeys((*found.get(text, ()), *words)))[:MOST_GLOSSES]
    return found


def corrected(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the table with what people have put right."""
    lines = CORRECTIONS.read_text(encoding="utf-8").splitlines()
    right = {
        word: several.split("|") if several else [] for word, _, several in (line.partition("\t") for line in lines)
    }
    return {word: words for word, several in found.items() if (words := right.get(word, several))}


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dictionary", type=Path, required=True, help="jamdict.db")
    parser.add_argument("--names", type=Path, nargs="*", default=[], help="files of Hub rows, JSON lines, gzipped")
    options = parser.parse_args()
    known = Known(names_in(SEED), (name for path in options.names for name in names_in(path)))
    with sqlite3.connect(f"file:{options.dictionary}?mode=ro", uri=True) as dictionary:
        found = corrected(table(dictionary, known))
    lines = [f"{word}\t{'|'.join(found[word])}\n" for word in sorted(found)]
    TARGET.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))
    print(f"{len(lines):,} words, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
