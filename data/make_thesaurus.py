"""Writes thesaurus.txt.gz, what zukan reads, from thesaurus.toml, what people edit.

python data/make_thesaurus.py [--check]

Five blocks of lines with an empty line between: the subjects as `tasks<tab>words of names`, English phrases by the
stems of their words (as `zukan.phrases` makes them) in order, the numbers of the subjects of each, Japanese phrases,
theirs.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))

from zukan.phrases import normalise, stem, words  # noqa: E402
from zukan.tasks import registry  # noqa: E402
from zukan.thesaurus import LONGEST  # noqa: E402


def split(text: str) -> list[str]:
    """Return what stands between commas and line ends."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in re.split(r"[,\n]", text)))))


def stems_of(phrase: str) -> str:
    """Return a phrase as it is looked up.

    Raises:
        SystemExit: It is too long, or one word that says nothing.

    """
    found = [word.stem for word in words(normalise(phrase))]
    if not 0 < len(found) <= LONGEST:
        raise SystemExit(f"{phrase!r}: 1 to {LONGEST} words")
    if len(found) == 1 and found[0] in {stem(word) for word in registry().stop_words}:
        raise SystemExit(f"{phrase!r} says nothing")
    return " ".join(found)


def written() -> bytes:
    """Return the thesaurus.txt.gz that belongs to thesaurus.toml.

    Raises:
        SystemExit: A task or a phrase cannot be.

    """
    data = tomllib.loads((HERE / "thesaurus.toml").read_text(encoding="utf-8"))["said"]
    english: dict[str, list[str]] = {}
    japanese: dict[str, list[str]] = {}
    for number, row in enumerate(data):
        if unknown := set(split(row["tasks"])) - registry().tasks.keys():
            raise SystemExit(f"no such task: {', '.join(sorted(unknown))}")
        for phrase in map(stems_of, split(row["asked"])):
            english.setdefault(phrase, []).append(str(number))
        for phrase in map(normalise, split(row.get("asked_ja", ""))):
            japanese.setdefault(phrase, []).append(str(number))
    blocks = [[f"{' '.join(split(row['tasks']))}\t{'|'.join(split(row['names']))}" for row in data]]
    for book in (english, japanese):
        phrases = sorted(book)
        blocks += [phrases, [" ".join(dict.fromkeys(book[phrase])) for phrase in phrases]]
    return gzip.compress(("\n\n".join(map("\n".join, blocks)) + "\n").encode(), mtime=0)


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is out of date")
    arguments = parser.parse_args()
    target = HERE / "thesaurus.txt.gz"
    if arguments.check:
        # Libraries compress otherwise: what matters is what is read.
        return int(not target.exists() or gzip.decompress(target.read_bytes()) != gzip.decompress(written()))
    target.write_bytes(written())
    return 0


if __name__ == "__main__":
    sys.exit(main())
