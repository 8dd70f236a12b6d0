"""Answers a `Query`: words through the full-text index, filters as conditions, the best first."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from zukan.errors import UnknownModel, UnknownTask
from zukan.languages import language_code, language_name
from zukan.schema import Hit, Query, SearchResult
from zukan.store.read import CatalogueReader, Words
from zukan.store.tokens import task_token

_MAX_TERMS = 24
_NEAR = 0.75
"""How alike two names must be to be taken for a slip of the fingers."""
_ADDRESS = re.compile(r"^(?:https?://)?(?:huggingface\.co|hf\.co)/(?:models/)?([\w.-]+)/([\w.-]+)(?:[/?#].*)?$")


def tokens(words: str) -> list[str]:
    """Split text the way the index does: letters and digits stay together, everything else separates."""
    cleaned = "".join(
        character if unicodedata.category(character)[0] in "LMN" else " "
        for character in unicodedata.normalize("NFKC", words)
    )
    return cleaned.split()


def _quoted(parts: list[str]) -> str:
    return '"' + " ".join(parts) + '"'


def _term(word: str) -> tuple[str, str] | None:
    """Return (FTS5 expression for one typed word, the same for the name alone or "" where a name cannot say it).

    A word may be the beginning of a longer one. The name of a language matches what is said to know it, a word
    of a language written without spaces also the task, language and topics that it names.
    """
    word = unicodedata.normalize("NFKC", word)
    parts = tokens(word)
    if not parts:
        return None
    phrase = _quoted(parts)
    code = language_code(word) if len(word) > 3 or not word.isascii() else None
    if code:
        name = f"({phrase} OR {_quoted(tokens(language_name(code, 'en')))})"
        return f'({phrase} * OR languages : "{code}" OR name : {name})', name
    understood = None if word.isascii() else _understood(word)
    if understood is None:
        return f"({phrase} *)", phrase
    task, languages, topics = understood
    required = [f"task : {_quoted([task_token(task)])}"] if task else []
    required += [f'languages : "{name}"' for name in languages]
    names = [_quoted(tokens(topic)) for topic in topics if tokens(topic)]
    required += [f"{name} *" for name in names]
    return f"({phrase} * OR ({' AND '.join(required)}))", " AND ".join(names)


def _understood(word: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    from zukan.tasks import known_words, understand  # noqa: PLC0415 (only such words need the registry)

    try:
        found = understand(word)
    except UnknownTask:
        known = known_words(word)
        return ("", (), known) if known else None
    return found.task.task_id, found.languages, (*found.topics, *found.words)


def match_words(words: str, *, every: bool = True, full_name: str = "") -> Words | None:
    """Return the full-text query for typed words, None where there is nothing to search for.

    Nothing that the user types reaches FTS5's own syntax: words are reduced to letters and digits and quoted.

    Args:
        words: What the user typed.
        every: Whether all words must match, or any of them.
        full_name: The id of the model that the words name, if they do.

    """
    terms = [term for word in words.split()[:_MAX_TERMS] if (term := _term(word))]
    if not terms:
        return None
    if not every:
        return Words(" OR ".join(expression for expression, _ in terms), rarest_first=True)
    names = [name for _, name in terms if name]
    return Words(
        expression=" AND ".join(expression for expression, _ in terms),
        in_name=f"name : ({' AND '.join(names)})" if names else "",
        full_name=full_name,
        # One word alone is a kind of model, not the name of a single one.
        short_name=" ".join(tokens(words.lower())) if len(tokens(words)) > 1 else "",
    )


def _conditions(query: Query) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = [
        ("task_or_inferred" if query.inferred else "task", query.task),
        ("family", query.family),
        ("license", query.license),
        ("library", query.library),
        ("author", query.author),
        ("min_parameters", query.min_parameters),
        ("max_parameters", query.max_parameters),
    ]
    pairs += [("language", code) for code in query.languages]
    return [(name, value) for name, value in pairs if value is not None]


def plain_name(words: str) -> str:
    """Return the model id in an address copied from the Hub (`https://huggingface.co/a/b/tree/main` → `a/b`)."""
    match = _ADDRESS.match(words.strip())
    return f"{match[1]}/{match[2]}" if match else words


def search(reader: CatalogueReader, query: Query) -> SearchResult:
    """Return the models that match a query, the best first.

    All words must match; where none does, models that match some of them are given and marked `relaxed`.
    """
    query = query._replace(words=plain_name(query.words))
    wanted = match_words(query.words, full_name=_full_name(reader, query.words))
    if query.words and wanted is None:
        return SearchResult(query, (), more=False)

    def ask(words: Words | None) -> list[Hit]:
        return reader.match(words, _conditions(query), sort=query.sort, limit=query.limit + 1, offset=query.offset)

    hits, relaxed = ask(wanted), False
    if not hits and wanted and len(query.words.split()) > 1 and not _any(reader, query, wanted):
        wanted, relaxed = match_words(query.words, every=False), True
        hits = ask(wanted)
    return SearchResult(
        query,
        tuple(hits[: query.limit]),
        more=len(hits) > query.limit,
        relaxed=relaxed,
        unknown_size=_unknown_sizes(reader, query, wanted),
    )


def _any(reader: CatalogueReader, query: Query, words: Words) -> bool:
    """Whether anything matches at all: an offset beyond the end is no reason to ask for less."""
    return query.offset > 0 and bool(reader.prospects(words, _conditions(query), 1))


def _unknown_sizes(reader: CatalogueReader, query: Query, words: Words | None) -> int:
    """Return how many models the size bounds left out only because their size is not known."""
    if query.min_parameters is None and query.max_parameters is None:
        return 0
    without = query._replace(min_parameters=None, max_parameters=None)
    return reader.count(words, [*_conditions(without), ("unknown_size", None)])


def _full_name(reader: CatalogueReader, words: str) -> str:
    """Return the present id where the words are exactly a model's id or a former one."""
    if not words or " " in words:
        return ""
    found = reader.get(words)
    return found.record.model_id if found else words


def find_model(reader: CatalogueReader, name: str) -> Hit:
    """Return the model called `name`: its id, a former id, or its name without the author if only one has it.

    Raises:
        UnknownModel: None has; with the nearest names.

    """
    name = plain_name(name.strip())
    if found := reader.get(name):
        return found
    if "/" not in name:
        same = reader.named(name)
        if len(same) == 1 and (found := reader.get(same[0])):
            return found
        if same:
            raise UnknownModel(name, same)
    raise UnknownModel(name, nearest_names(reader, name))


def nearest_names(reader: CatalogueReader, name: str, limit: int = 3) -> list[str]:
    """Return catalogue ids that look like `name`, nearest first."""
    wanted = name.lower()
    short = wanted.rpartition("/")[2]
    pieces = [piece for piece in tokens(short) if len(piece) > 1] or [short]
    pool: dict[str, None] = {}
    for fragment in (short, *sorted(pieces, key=len, reverse=True)[:2], short[:4]):
        if len(fragment) > 1:
            pool.update(dict.fromkeys(reader.names_like(fragment)))
    scored = sorted(
        ((_likeness(wanted, short, candidate.lower()), -place, candidate) for place, candidate in enumerate(pool)),
        reverse=True,
    )
    return [candidate for score, _, candidate in scored[:limit] if score]


def _likeness(wanted: str, short: str, candidate: str) -> float:
    from difflib import SequenceMatcher  # noqa: PLC0415 (only for names that do not exist)

    matcher = SequenceMatcher(None, short, candidate.rpartition("/")[2])
    if matcher.real_quick_ratio() < _NEAR or (ratio := matcher.ratio()) < _NEAR:
        return 0.0
    return ratio + (0.3 * SequenceMatcher(None, wanted, candidate).ratio() if "/" in wanted else 0.0)
