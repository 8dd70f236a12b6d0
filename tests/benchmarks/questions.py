"""Questions to a catalogue of the whole Hub: some seventy kinds, their values drawn from the catalogue itself.

A kind is a function of a random generator and a `Pool`, a sample of the catalogue's rows. Half of the values are those
of a model drawn by chance, so that they are as frequent as in the catalogue; half are drawn from all values there are,
so that most are rare. Filters of one question come from one model: it finds at least that one, if not much more.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue")]

from zukan.languages import is_language_tag, language_code  # noqa: E402

MONTH_AGO = "2026-08-22"
"""Thirty days before the newest row."""
FAMILIES = ("encoder-only", "decoder-only", "seq2seq", "other", "undetermined")
JAPANESE = (
    "日本語 感情分析", "要約", "翻訳", "音声認識", "日本語 埋め込み", "固有表現抽出", "画像分類", "文章生成", "日本語", "質問応答",
    "英日翻訳", "テキスト分類", "物体検出", "中国語 翻訳", "ニュース 要約", "画像生成", "音声合成", "フランス語", "韓国語 音声認識",
)  # fmt: skip
HAS = ("safetensors", "license", "task", "size", "card")
_PAIRS = ("en", "ja", "de", "fr", "zh", "es", "fi", "sv")
SORTS = ("downloads", "likes", "trending", "created", "modified", "params")
_PIECE = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")


class Question(NamedTuple):
    """One call: `search` and `count` take words and filters, the others a target."""

    kind: str
    words: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    """(field, value); a field that begins with `-` must not be so."""
    sort: str = "relevance"
    offset: int = 0
    facets: bool = False
    call: str = "search"
    target: str = ""

    @property
    def text(self) -> str:
        """The words and filters in zukan's query language."""
        fields = (f'{field}:"{value}"' if " " in value else f"{field}:{value}" for field, value in self.filters)
        return " ".join([*self.words, *fields])


class Seen(NamedTuple):
    """What questions need of a model."""

    id: str
    author: str
    words: tuple[str, ...]
    facts: dict[str, str]
    """Field of the query language → value."""


def read_model(raw: bytes) -> Seen:
    """Return what a row says, as the query language names it."""
    row = msgspec.json.decode(raw)
    author, _, name = row["id"].rpartition("/")
    tags = row["tags"]
    facts = {
        "task": row.get("pipeline_tag"),
        "library": row.get("library_name"),
        "author": author,
        "license": next((tag[8:] for tag in tags if tag.startswith("license:")), None),
        "lang": next((code for tag in tags if is_language_tag(tag) and (code := language_code(tag))), None),
        "type": row.get("config", {}).get("model_type"),
        "base": row.get("baseModels", {}).get("models", [{}])[0].get("id"),
        "params": row.get("safetensors", {}).get("total"),
        "downloads": row["downloads"] or None,
        "likes": row["likes"] or None,
        "created": row["createdAt"][:10],
    }
    words = tuple(word.lower() for word in _PIECE.findall(name) if len(word) > 1)
    return Seen(row["id"], author, words, {field: str(value) for field, value in facts.items() if value})


class Pool:
    """A sample of the catalogue from which values are drawn."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self.models = [seen for seen in map(read_model, rows) if seen.words]
        self._having: dict[tuple[str, ...], list[Seen]] = {}
        self._values: dict[str, list[str]] = {}
        counts = Counter(word for seen in self.models for word in set(seen.words))
        self.common = [word for word, _ in counts.most_common(40)]
        self.rare = sorted(word for word, number in counts.items() if number == 1 and len(word) > 3)

    def model(self, rng: Random, *fields: str, words: int = 1) -> Seen:
        """Return a model that states all these fields and has that many words in its name."""
        key = (*fields, str(words))
        if key not in self._having:
            found = [s for s in self.models if all(field in s.facts for field in fields) and len(set(s.words)) >= words]
            self._having[key] = found or self.models
        return rng.choice(self._having[key])

    def value(self, rng: Random, field: str) -> str:
        """Return a value of the field, frequent or rare."""
        if rng.random() < 0.5:
            return self.model(rng, field).facts.get(field, "none")
        if field not in self._values:
            self._values[field] = sorted({seen.facts[field] for seen in self.models if field in seen.facts})
        return rng.choice(self._values[field])


Kind = Callable[[Random, Pool], Question]
KINDS: dict[str, Kind] = {}


def _kind(function: Kind) -> Kind:
    KINDS[function.__name__] = function
    return function


def _add(name: str, words: int = 0, fields: str = "", **fixed: Any) -> None:
    """Add a kind of so many words of a model's name and some of its fields."""
    wanted = fields.split()

    def draw(rng: Random, pool: Pool) -> Question:
        seen = pool.model(rng, *wanted, words=max(1, words))
        said = tuple(rng.sample(sorted(set(seen.words)), min(words, len(set(seen.words)))))
        if not words and len(wanted) == 1:
            return Question(name, filters=((wanted[0], pool.value(rng, wanted[0])),), **fixed)
        return Question(name, said, tuple((field, seen.facts.get(field, "none")) for field in wanted), **fixed)

    KINDS[name] = draw


def _add_filter(name: str, draw: Callable[[Random, Pool], tuple[tuple[str, str], ...]], words: int = 0) -> None:
    """Add a kind whose filters are made by a function."""

    def question(rng: Random, pool: Pool) -> Question:
        said = pool.model(rng).words[:1] if words else ()
        return Question(name, said, draw(rng, pool))

    KINDS[name] = question


def _add_page(name: str, offset: int, *, word: bool) -> None:
    """Add a kind that asks for a later page, of a frequent word or task: the others have none."""

    def question(rng: Random, pool: Pool) -> Question:
        if word:
            return Question(name, (rng.choice(pool.common),), offset=offset)
        return Question(name, filters=(("task", pool.model(rng, "task").facts["task"]),), offset=offset)

    KINDS[name] = question


@_kind
def word_common(rng: Random, pool: Pool) -> Question:
    return Question("word_common", (rng.choice(pool.common),))


@_kind
def word_rare(rng: Random, pool: Pool) -> Question:
    return Question("word_rare", (rng.choice(pool.rare or pool.common),))


_add("word_any", 1)
_add("two_words", 2)
_add("three_words", 3)
_add("word_one_filter", 1, "task")
_add("word_two_filters", 1, "task license")
_add("word_three_filters", 1, "task license library")


@_kind
def prefix(rng: Random, pool: Pool) -> Question:
    word = max(pool.model(rng).words, key=len)
    return Question("prefix", (word[: max(2, len(word) - rng.randint(1, 4))] + "*",))


@_kind
def prefix_short(rng: Random, pool: Pool) -> Question:
    return Question("prefix_short", ((pool.value(rng, "author")[: rng.randint(2, 3)].strip("-._") or "a") + "*",))


@_kind
def phrase(rng: Random, pool: Pool) -> Question:
    words = pool.model(rng, words=2).words
    start = rng.randrange(max(1, len(words) - 1))
    return Question("phrase", (f'"{" ".join(words[start : start + 2])}"',))


@_kind
def typo(rng: Random, pool: Pool) -> Question:
    words = list(pool.model(rng, words=2).words[:3])
    place = max(range(len(words)), key=lambda at: len(words[at]))
    cut = rng.randrange(1, max(2, len(words[place]) - 1))
    words[place] = (
        words[place][: cut - 1] + words[place][cut : cut + 1] + words[place][cut - 1] + words[place][cut + 1 :]
    )
    return Question("typo", tuple(words))


@_kind
def id_exact(rng: Random, pool: Pool) -> Question:
    return Question("id_exact", (pool.model(rng).id,))


@_kind
def id_substring(rng: Random, pool: Pool) -> Question:
    """Cut at both ends inside one word of the name, so that no word begins with it."""
    word = next(word for word in (max(pool.model(rng).words, key=len) for _ in range(1000)) if len(word) > 6)
    size = rng.randint(4, min(9, len(word) - 2))
    start = rng.randint(1, len(word) - size - 1)
    return Question("id_substring", (word[start : start + size],))


@_kind
def camel_case(rng: Random, pool: Pool) -> Question:
    for _ in range(200):
        if found := _CAMEL.search(pool.model(rng).id):
            return Question("camel_case", (found[0],))
    return Question("camel_case", ("LunarLander",))


@_kind
def japanese(rng: Random, _: Pool) -> Question:
    return Question("japanese", tuple(rng.choice(JAPANESE).split()))


@_kind
def nothing_found(rng: Random, _: Pool) -> Question:
    return Question("nothing_found", ("".join(rng.choices("bcdfgjkqvwxz", k=9)),))


for _field in ("task", "lang", "license", "library", "author", "type", "base"):
    _add(f"filter_{_field}", 0, _field)
_add_filter("filter_family", lambda rng, _: (("family", rng.choice(FAMILIES)),))
_add("two_filters_task_license", 0, "task license")
_add("two_filters_task_language", 0, "task lang")
_add("three_filters", 0, "task license lang")
_add("four_filters", 0, "task license lang library")
_add_filter(
    "filter_family_task", lambda rng, pool: (("family", rng.choice(FAMILIES[:3])), ("task", pool.value(rng, "task")))
)
_add_filter("not_language", lambda rng, pool: (("-lang", pool.value(rng, "lang")),))
_add_filter(
    "task_not_license", lambda rng, pool: (("task", pool.value(rng, "task")), ("-license", pool.value(rng, "license")))
)
_add_filter("word_not_author", lambda rng, pool: (("-author", pool.value(rng, "author")),), words=1)


@_kind
def either_language(rng: Random, pool: Pool) -> Question:
    codes = {pool.value(rng, "lang"): None, pool.value(rng, "lang"): None, rng.choice(_PAIRS): None}
    return Question("either_language", filters=(("lang", "|".join(list(codes)[:2])),))


@_kind
def either_word(rng: Random, pool: Pool) -> Question:
    return Question("either_word", (pool.model(rng).words[0], "OR", pool.model(rng).words[0]))


@_kind
def word_not_word(rng: Random, pool: Pool) -> Question:
    return Question("word_not_word", (rng.choice(pool.common), f"-{pool.model(rng).words[0]}"))


_add_filter("params_below", lambda rng, _: (("params", f"<{rng.choice(('100M', '350M', '1B', '3B', '7B', '13B'))}"),))
_add_filter("params_about", lambda rng, _: (("params", rng.choice(("7B", "13B", "2.7B", "110M", "350M", "1.5B"))),))
_add_filter(
    "params_range_task",
    lambda rng, pool: (
        ("params", rng.choice(("100M..1B", "1B..3B", "3B..8B", "..500M", "30B.."))),
        ("task", pool.value(rng, "task")),
    ),
)
_add_filter("downloads_from", lambda rng, pool: (("downloads", f">={pool.value(rng, 'downloads')}"),))
_add_filter("likes_range", lambda rng, pool: (("likes", f"{rng.randint(1, 9)}..{int(pool.value(rng, 'likes')) + 10}"),))
_add_filter("created_year", lambda rng, pool: (("created", pool.value(rng, "created")[:4]),))
_add_filter("created_month", lambda rng, pool: (("created", pool.value(rng, "created")[:7]),))
_add_filter("created_last_days", lambda *_: (("created", f">={MONTH_AGO}"),))
_add_filter(
    "created_last_days_task",
    lambda rng, pool: (("created", f">={MONTH_AGO}"), ("task", pool.value(rng, "task"))),
)
for _order in SORTS:
    _add(f"sort_{_order}", sort=_order)
    _add(f"sort_{_order}_filter", 0, "task", sort=_order)
    _add(f"sort_{_order}_word", 1, sort=_order)
for _page in (2, 10):
    _add_page(f"page_{_page}_word", 20 * (_page - 1), word=True)
    _add_page(f"page_{_page}_filter", 20 * (_page - 1), word=False)
_add("facets_all", facets=True)
_add("facets_task", 0, "task", facets=True)
_add("facets_two_filters", 0, "task license", facets=True)
_add("facets_word", 1, facets=True)
_add("facets_word_filter", 1, "task", facets=True)
_add("count_word", 1, call="count")
_add("count_filters", 0, "task license", call="count")


@_kind
def show(rng: Random, pool: Pool) -> Question:
    return Question("show", call="find", target=pool.model(rng).id)


@_kind
def similar(rng: Random, pool: Pool) -> Question:
    return Question("similar", call="similar", target=pool.model(rng).id)


@_kind
def recommend(rng: Random, pool: Pool) -> Question:
    return Question("recommend", call="recommend", target=pool.value(rng, "task"))


_add_filter("translation_pair", lambda rng, _: tuple(zip(("from", "to"), rng.sample(_PAIRS, 2), strict=True)))
_add_filter("has", lambda rng, _: (("has", rng.choice(HAS)),))
_add_filter("has_task", lambda rng, pool: (("has", rng.choice(HAS)), ("task", pool.value(rng, "task"))))
_add_filter("not_gated", lambda rng, pool: (("gated", "no"), ("task", pool.value(rng, "task"))))


def draw(pool: Pool, each: int, seed: int = 11) -> list[Question]:
    """Return so many questions of each kind, the kinds mixed."""
    rng = Random(seed)
    found = [function(rng, pool) for function in KINDS.values() for _ in range(each)]
    rng.shuffle(found)
    return found
