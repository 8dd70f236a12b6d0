"""Writes the sampled part of judged_finds.toml: ids, parts of ids, slips and former ids as people would type them.

python tests/make_judged_finds.py

Which models are asked for is drawn from the snapshot, most by their popularity, every third of a form from the middle;
how their names are cut and mistyped is drawn too. Every draw is a hash, so that two runs on one snapshot write the same
bytes. What was written by hand stands below the sampled part and is kept as it is. Every answer is checked against
the snapshot by a plain scan; nothing of zukan's search is used.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import math
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
EXAM = HERE / "judged_finds.toml"
SNAPSHOT = HERE.parent / "data" / "seed.jsonl.gz"
SEED = "zukan finds"
NUMBERS = {"id": 20, "partial": 20, "typo": 20, "old": 10, "two": 15, "japanese": 20, "task": 15}
BY_HAND = "# --- Written by hand"
HEAD = """\
# Finds as people type them, with what they mean: ids, parts of ids, slips, former ids, a few words, Japanese, tasks.
# Written before the search that they judge and not adapted to it. The sampled part is written by
# make_judged_finds.py; what stands below it, by hand and from the snapshot.
#
# models = ["id", …]    any of these is a right answer
# has = {…}             so is a model with all these properties: pipeline_tag (one of them), languages (knows all of
#                       them), name_contains (the id contains all of them, in any case)
"""

MIDDLE = slice(2_000, 12_000)
"""The places by downloads from which every third model of a form is drawn."""
MIDDLE_LIKES = 5
"""Likes below which nobody looks for a model of the middle."""
SHORT_LIST = 5
"""So few models with all that was typed are all right answers: five hits can hold them."""
WHOLE = 3
"""Letters of a name that may be missing where the whole name was meant."""
MOST_RIGHT = 12
"""A question with more right answers asks for no model in particular, and is not asked."""
PER_AUTHOR = 2
"""Models of one author in one kind of question."""
NOT_SHOWN = re.compile("porn|sex|nsfw|nude|hentai", re.IGNORECASE)
"""Names that we do not print in an exam that anyone reads."""
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SIZE = re.compile(r"[ve]?\d+(x\d+)?(\.\d+)*[bmk]?|x*l|x*small|x*large|tiny|mini|nano|base|medium|huge")


@dataclass(frozen=True)
class Model:
    """A row of the snapshot, as far as a plain reader of ids needs it."""

    model_id: str
    downloads: int
    likes: int
    aliases: tuple[str, ...]

    @property
    def author(self) -> str:
        """Return the owner."""
        return self.model_id.partition("/")[0]

    @property
    def name(self) -> str:
        """Return the id without its owner."""
        return self.model_id.rpartition("/")[2]

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Return what the name's separators leave, in lower case; a dot before a digit is none."""
        return tuple(piece for piece in re.split(r"[-_\s]+|\.(?!\d)", self.name.lower()) if piece)

    @cached_property
    def squashed(self) -> str:
        """Return the letters and digits of the id."""
        return squash(self.model_id)

    @cached_property
    def shape(self) -> tuple[str, ...]:
        """Return the pieces that tell neither size nor version."""
        return tuple(piece for piece in self.pieces if not SIZE.fullmatch(piece))


Way = Callable[[Model], Iterator[str]]
Slip = Callable[[str, int], str]


def squash(text: str) -> str:
    """Return a text's letters and digits alone, in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def chance(*parts: object) -> float:
    """Return a number above 0 and below 1 that the seed and these parts alone decide."""
    digest = hashlib.sha256("\0".join([SEED, *map(str, parts)]).encode()).digest()
    return (int.from_bytes(digest[:6], "big") + 0.5) / 2**48


def by_lot(things: Iterable[str], *parts: object) -> list[str]:
    """Return things, each once, in an order drawn by lot."""
    return sorted(set(things), key=lambda thing: chance(*parts, thing))


# --- How people type a name -----------------------------------------------------------------------------------


def exact(model: Model) -> Iterator[str]:
    """Paste the id."""
    yield model.model_id


def other_case(model: Model) -> Iterator[str]:
    """Write the id in small letters, or in capitals where it has none."""
    small = model.model_id.lower()
    yield model.model_id.upper() if small == model.model_id else small


def address(model: Model) -> Iterator[str]:
    """Paste the address of the model's page, or of a file of it, as the browser or a message shows it."""
    pages = (
        f"https://huggingface.co/{model.model_id}",
        f"huggingface.co/{model.model_id}",
        f"https://huggingface.co/{model.model_id}/tree/main",
        f"https://huggingface.co/{model.model_id}/blob/main/config.json",
        f"https://huggingface.co/{model.model_id}?library=transformers",
    )
    yield pages[int(chance("page", model.model_id) * len(pages))]


def spaced(model: Model) -> Iterator[str]:
    """Write spaces for the dashes of the name, behind the author or not."""
    if len(model.pieces) > 2:
        name = re.sub(r"[-_]+", " ", model.name)
        yield f"{model.author}/{name}" if chance("spaced", model.model_id) < 0.5 else f"{model.author} {name}"


def former(model: Model) -> Iterator[str]:
    """Give the former id."""
    yield from model.aliases


def former_case(model: Model) -> Iterator[str]:
    """Give the former id in capitals."""
    yield from (alias.upper() for alias in model.aliases)


def former_spaced(model: Model) -> Iterator[str]:
    """Give the former id with spaces for its dashes."""
    yield from (alias.replace("-", " ") for alias in model.aliases if alias.count("-") > 1)


def former_address(model: Model) -> Iterator[str]:
    """Give the former address of the model's page."""
    yield from (f"https://huggingface.co/{alias}" for alias in model.aliases)


def in_order(model: Model) -> Iterator[str]:
    """Name some pieces, in order."""
    yield from (" ".join(chosen) for chosen in _some_pieces(model))


def out_of_order(model: Model) -> Iterator[str]:
    """Name some pieces, the last of them first."""
    yield from (" ".join((chosen[-1], *chosen[:-1])) for chosen in _some_pieces(model))


def _some_pieces(model: Model) -> Iterator[tuple[str, ...]]:
    pieces = [piece for piece in model.pieces if len(piece) > 1]
    if chance("author", model.model_id) < 0.3:
        pieces = [model.author.lower(), *pieces]
    counts = (2, 3, 4) if len(model.pieces) > 5 else (2, 3)
    drawn = {" ".join(some): some for count in counts for some in itertools.combinations(pieces, count)}
    for words in by_lot(drawn, "pieces", model.model_id):
        some = drawn[words]
        if len(set(some)) == len(some) < len(model.pieces) and any(len(re.sub(r"\d", "", word)) > 3 for word in some):
            yield some


def cut(model: Model) -> Iterator[str]:
    """Begin or end inside a word, as a copied or half typed name does; what is left of the words can be read."""
    name = model.name.lower()
    starts = [0, *(found.end() for found in re.finditer("[-_]", name)), *_insides(name)]
    ends = [*(found.start() for found in re.finditer("[-_]", name)), len(name), *_insides(name)]
    bounds = [(start, end) for start in starts for end in ends if {start, end} & set(_insides(name))]
    parts = [name[start:end] for start, end in bounds if 9 <= end - start <= 24]
    yield from by_lot(
        (part for part in parts if re.fullmatch(r"[a-z]{3}.*[-_].*[a-z]{3}", part)), "cut", model.model_id
    )


def _insides(text: str) -> list[int]:
    """Return the places with two letters of one word on either side."""
    return [place for place in range(2, len(text) - 1) if re.fullmatch("[a-z]{4}", text[place - 2 : place + 2])]


def unseparated(model: Model) -> Iterator[str]:
    """Leave out the dot of a version and what stands between a word and its number."""
    words = re.sub(r"(?<=\d)\.(?=\d)", "", re.sub(r"\b([a-z]+) (\d[\d.]*)(?= |$)", r"\1\2", " ".join(model.pieces)))
    if len(model.pieces) <= 5 and words != " ".join(model.pieces):
        yield words


def humps_split(model: Model) -> Iterator[str]:
    """Write the humps of a camel as words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", re.sub(r"[-_]+", " ", model.name)).lower()
    if len(model.pieces) <= 4 and len(words.split()) > len(model.pieces) and min(map(len, words.split())) > 1:
        yield words


def joined(model: Model) -> Iterator[str]:
    """Write the first two words of a name as one."""
    first, second, *others = (*model.pieces, "", "")
    if first.isalpha() and len(first) > 2 and len(second) > 1 and second[0].isalpha() and len(model.pieces) <= 5:
        yield " ".join([first + second, *filter(None, others)])


def plain(model: Model) -> Iterator[str]:
    """Write the name; where it is long, four pieces of it, the first ones rather than others that begin with a word."""
    runs = [model.pieces[first : first + 4] for first in range(max(1, len(model.pieces) - 3))]
    yield from (" ".join(run) for run in runs if (len(run) > 1 and run[0].isalpha()) or run is runs[0])


def mistyped(words: str, slips: Sequence[Slip], model: Model) -> Iterator[str]:
    """Make these slips in one word that is long enough to be known by the rest of it."""
    for word in by_lot(words.split(), "word", model.model_id):
        if sum(map(str.isalpha, word)) < 4 * len(slips) or len(word) < 5:
            continue
        typed = word
        for slip in slips:
            places = [at for at, letter in enumerate(typed) if letter.isalpha() and slip(typed, at) != typed]
            typed = slip(typed, places[int(chance("place", model.model_id, typed) * len(places))])
        yield " ".join(typed if each == word else each for each in words.split())


def transposed(word: str, place: int) -> str:
    """Swap a letter and the next."""
    pair = word[place : place + 2]
    return word[:place] + pair[::-1] + word[place + 2 :] if pair.isalpha() else word


def dropped(word: str, place: int) -> str:
    """Leave a letter out."""
    return word[:place] + word[place + 1 :]


def doubled(word: str, place: int) -> str:
    """Type a letter twice."""
    return word[: place + 1] + word[place:]


def neighbour(word: str, place: int) -> str:
    """Hit the key beside a letter's."""
    row = next((row for row in KEYBOARD if word[place] in row), word[place] * 2)
    at = row.index(word[place])
    return word[:place] + row[at + 1 if at + 1 < len(row) else at - 1] + word[place + 1 :]


# --- What they mean by it -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A form that a question takes, how many have it, and the slips made in what is typed."""

    kind: str
    number: int
    way: Way
    slips: tuple[Slip, ...] = ()

    @property
    def label(self) -> str:
        """Return a name for draws."""
        return " ".join([self.kind, self.way.__name__, *(slip.__name__ for slip in self.slips)])


FORMS = (
    Form("id", 6, exact),
    Form("id", 5, other_case),
    Form("id", 5, address),
    Form("id", 4, spaced),
    Form("partial", 5, in_order),
    Form("partial", 4, out_of_order),
    Form("partial", 5, cut),
    Form("partial", 3, unseparated),
    Form("partial", 2, humps_split),
    Form("partial", 1, joined),
    Form("typo", 4, plain, (transposed,)),
    Form("typo", 4, plain, (dropped,)),
    Form("typo", 4, plain, (doubled,)),
    Form("typo", 4, plain, (neighbour,)),
    Form("typo", 2, plain, (dropped, transposed)),
    Form("typo", 2, plain, (neighbour, doubled)),
    Form("old", 5, former),
    Form("old", 1, former_case),
    Form("old", 2, former_spaced),
    Form("old", 2, former_address),
)


def meant(words: str, model: Model, models: Sequence[Model]) -> list[Model]:
    """Return the models that a fair reader may understand by words typed for one of them; none where it is unclear.

    Of the models that have all the words, a few are all right, unless the words are one's whole name. Of many, the
    model must be the most downloaded or the one whose name has least beside the words. Right are then also those whose
    names have less beside them, its namesakes of other authors, and its author's others that the words do not tell
    from it: sizes, versions, names with no more beside the words.
    """
    typed = [squash(word) for word in words.split()]
    having = [other for other in models if all(word in other.squashed for word in typed)]

    def beside(other: Model) -> int:
        name = squash(other.name)
        return len(name) - sum(len(word) for word in typed if word in name)

    own = beside(model)
    if len(having) <= SHORT_LIST and own > WHOLE:
        return having
    if len(having) > SHORT_LIST and model is not having[0] and own > min(map(beside, having)):
        return []
    right = [
        other
        for other in having
        if beside(other) < own
        or squash(other.name) == squash(model.name)
        or (other.author == model.author and (other.shape == model.shape or beside(other) <= own))
    ]
    return right if len(right) <= MOST_RIGHT else []


def entry(form: Form, model: Model, models: Sequence[Model]) -> dict[str, Any] | None:
    """Return a question of this form for a model, None where it has no fair one."""
    for words in form.way(model):
        right = [model] if form.kind in {"id", "old"} else meant(words, model, models)
        for typed in mistyped(words, form.slips, model) if form.slips else [words]:
            if model in right and not (form.slips and _known(typed, models)):
                return {"kind": form.kind, "words": typed, "models": [other.model_id for other in right]}
    return None


def _known(words: str, models: Sequence[Model]) -> bool:
    """Tell whether every word stands in some id: a slip that makes another name is none."""
    return all(any(squash(word) in model.squashed for model in models) for word in words.split())


def sampled(models: Sequence[Model]) -> list[dict[str, Any]]:
    """Return the sampled questions; each asks for a model of its own, every third of a form for one from the middle."""
    middling = [model for model in models[MIDDLE] if model.likes >= MIDDLE_LIKES]
    entries: list[dict[str, Any]] = []
    asked: set[str] = set()
    authors: Counter[tuple[str, str]] = Counter()
    for form in FORMS:
        popular = iter(sorted(models, key=lambda model: -math.log(chance(form.label, model.model_id)) / _weight(model)))
        middle = iter(sorted(middling, key=lambda model: chance(form.label, model.model_id)))
        number = 0
        while number < form.number:
            model = next(middle if number % 3 == 2 else popular)
            if model.model_id in asked or authors[form.kind, model.author] >= PER_AUTHOR:
                continue
            if NOT_SHOWN.search(model.model_id):
                continue
            if made := entry(form, model, models):
                entries.append(made)
                asked.add(model.model_id)
                authors[form.kind, model.author] += 1
                number += 1
    return entries


def _weight(model: Model) -> float:
    """Weigh how much a model is looked for: both counts mislead where they stand alone."""
    return math.sqrt(model.downloads) * math.log(2 + model.likes) + 1e-9


# --- The file -------------------------------------------------------------------------------------------------


def snapshot() -> list[dict[str, Any]]:
    """Return the rows of the snapshot, the most downloaded first."""
    with gzip.open(SNAPSHOT, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return sorted(rows, key=lambda row: (-(row.get("downloads") or 0), row["id"]))


def fits(row: Mapping[str, Any], find: Mapping[str, Any]) -> bool:
    """Tell whether a row of the snapshot is a right answer."""
    if row["id"] in find.get("models", ()):
        return True
    if not (wanted := find.get("has")):
        return False
    card = (row.get("cardData") or {}).get("language") or []
    languages = {*(row.get("tags") or ()), *([card] if isinstance(card, str) else map(str, card))}
    name = row["id"].lower()
    return (
        row.get("pipeline_tag") in wanted.get("pipeline_tag", (row.get("pipeline_tag"),))
        and languages.issuperset(wanted.get("languages", ()))
        and all(part.lower() in name for part in wanted.get("name_contains", ()))
    )


def faults(finds: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with the exam: its numbers, its form, answers that the snapshot has not."""
    ids = {row["id"] for row in rows}
    found = [f"{find['words']}: no {name}" for find in finds for name in find.get("models", ()) if name not in ids]
    for find in finds:
        if not find.keys() & {"models", "has"} or find.keys() - {"kind", "words", "models", "has"}:
            found.append(f"{find['words']}: asks for nothing, or has other keys")
        elif not any(fits(row, find) for row in rows):
            found.append(f"{find['words']}: no row fits")
    numbers = Counter(find["kind"] for find in finds)
    found.extend(f"{words}: twice" for words, times in Counter(find["words"] for find in finds).items() if times > 1)
    return found if numbers == NUMBERS else [*found, f"the numbers are {dict(numbers)}"]


def toml(find: Mapping[str, Any]) -> str:
    """Return a sampled question as TOML, whose basic strings are written as JSON's."""
    right = "".join(f"\n  {json.dumps(name, ensure_ascii=False)}," for name in find["models"])
    models = f"[{right}\n]" if len(find["models"]) > 1 else json.dumps(find["models"], ensure_ascii=False)
    return (
        f'[[find]]\nkind = "{find["kind"]}"\nwords = {json.dumps(find["words"], ensure_ascii=False)}\n'
        f"models = {models}\n\n"
    )


def main() -> int:
    """Write the exam; say what is wrong with it."""
    rows = snapshot()
    models = [
        Model(row["id"], row.get("downloads") or 0, row.get("likes") or 0, tuple(row.get("_aliases", ())))
        for row in rows
    ]
    old = EXAM.read_text(encoding="utf-8") if EXAM.exists() else BY_HAND
    text = f"{HEAD}\n" + "".join(map(toml, sampled(models))) + old[old.index(BY_HAND) :]
    EXAM.write_text(text, encoding="utf-8")
    wrong = faults(tomllib.loads(text)["find"], rows)
    sys.stderr.writelines(f"{fault}\n" for fault in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
