"""Writes tasks.json, what zukan reads, from tasks.toml, what people edit: JSON parses twenty times faster.

python data/make_tasks.py [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))

from zukan.phrases import normalise, words  # noqa: E402

LISTS = ("synonyms", "synonyms_ja", "name_words", "words", "words_ja", "asked", "signs", "tasks", "like", "yields")
"""Keys whose values are phrases with commas or lines between them."""
SEVERAL = 3
"""A word in the phrases of so many tasks says how something is asked for, not what it is about."""


def general(tasks: list[dict[str, Any]]) -> list[str]:
    """Return the stems of the words that phrases of several tasks hold."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for phrase in (*re.split(r"[,\n]", task["synonyms"]), task["id"], task["name"]):
            for word in words(normalise(phrase.replace("-", " "))):
                told[word.stem].add(task["id"])
    return sorted(stem for stem, ids in told.items() if len(ids) >= SEVERAL)


def asked(phrases: str) -> str:
    """Return the phrases of a topic as questions are compared with them: without articles and possessives."""
    found = (phrase.strip() for phrase in re.split(r"[,\n]", phrases))
    plain = (" ".join(word.text for word in words(normalise(one))) if one.isascii() else one for one in found if one)
    return ",".join(dict.fromkeys(filter(None, plain)))


def close(phrases: str) -> str:
    """Return a list of phrases with nothing but commas between them: it is cut into pieces at every start."""
    return ",".join(filter(None, (phrase.strip() for phrase in re.split(r"[,\n]", phrases))))


def written() -> str:
    """Return the text of tasks.json that belongs to tasks.toml."""
    data = tomllib.loads((HERE / "tasks.toml").read_text(encoding="utf-8"))
    data["model_names"] = close(data["model_names"])
    for row in (*data["task"], *data["modality"], *data["topics"].values()):
        row |= {key: close(row[key]) for key in LISTS if key in row}
    for topic in data["topics"].values():
        topic["asked"] = asked(topic["asked"])
    data["general"] = " ".join(general(data["task"]))
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if tasks.json is out of date")
    arguments = parser.parse_args()
    target = HERE / "tasks.json"
    if arguments.check:
        return int(not target.exists() or target.read_text(encoding="utf-8") != written())
    target.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
