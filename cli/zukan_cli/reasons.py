"""Writes the library's English sentences and reasons in the interface language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.schema import FamilyTag

_NESTED = {"metric", "base", "basis", "detail", "found", "hint", "kind", "kinds", "phase", "purpose", "source", "title"}
"""Placeholders that hold another sentence of the library."""
_LANGUAGES = {"languages"}
"""Placeholders that hold an English language name, or two: `Japanese to English`."""


def library_text(text: str) -> str:
    """Return what the library says in the interface language; English where it has no translation.

    A sentence with figures or names inside is found by its template: the English key of a translation.
    """
    if language() == "en":
        return text
    from zukan_cli.messages_ja import LIBRARY  # noqa: PLC0415 (only Japanese users pay for it)

    if text in LIBRARY:
        return LIBRARY[text]
    for pattern, translated in _templates():
        if match := pattern.fullmatch(text):
            return translated.format(**{name: _value(name, value) for name, value in match.groupdict().items()})
    return text


def score_reason(text: str) -> str:
    """Return one part of a score in the interface language."""
    return library_text(text)


def reasons_in_short(parts: Sequence[Mapping[str, Any]], most: int = 4) -> str:
    """Return the parts of a score that weigh the most as one line; `parts` as `zukan_cli.payload` writes them.

    What a card reports weighs little, and is told because nobody else tells anything; so is an answer of elsewhere.
    """
    weighty = sorted((part for part in parts if part["points"]), key=lambda part: -abs(part["points"]))
    told = [*weighty[:most], *(part for part in weighty[most:] if part["name"] == "reported")]
    told += [part for part in parts if part["name"] == "remote"]
    return "; ".join(score_reason(part["text"]) for part in told)


def left_out(counts: Mapping[str, int]) -> str:
    """Return why models were left out, with how many each."""
    parts = [_("{number} {reason}").format(number=number, reason=library_text(why)) for why, number in counts.items()]
    return _(", ").join(parts)


def family_reason(tag: FamilyTag) -> str:
    """Return why a model has its family. What has no Japanese stays English behind the name of the rule."""
    if language() == "en":
        return tag.reason
    text = library_text(tag.reason)
    if text == tag.reason:
        text = _put_together(tag.reason) or text
    return f"{_('rule: ' + tag.rule)} — {text}" if text == tag.reason else text


def _put_together(reason: str) -> str | None:
    """Return `subject what[; note].` part by part, since Japanese needs another order inside each."""
    match = _family_sentence().fullmatch(reason)
    if match is None:
        return None
    parts = [part for part in match.groups() if part]
    translated = [library_text(part) for part in parts]
    if any(new == old for new, old in zip(translated, parts, strict=True)):
        return None
    subject, *sentences = translated
    return subject + "".join(f"{sentence}。" for sentence in sentences)


def _value(name: str, value: str) -> str:
    if name in _NESTED:
        return library_text(value)
    if name in _LANGUAGES:
        from zukan.languages import language_name  # noqa: PLC0415 (only Japanese users pay for it)

        return "→".join(language_name(part, language()) for part in value.split(" to "))
    return value


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return a pattern for every sentence with a placeholder, and its translation; those that say the most first."""
    from zukan_cli.messages_ja import LIBRARY  # noqa: PLC0415

    with_facts = [template for template in LIBRARY if "{" in template]
    with_facts.sort(key=lambda template: -len(_PLACEHOLDER.sub("", template)))
    return tuple((re.compile(_as_pattern(template), re.DOTALL), LIBRARY[template]) for template in with_facts)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _as_pattern(template: str) -> str:
    pieces = _PLACEHOLDER.split(template)
    return "".join(f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))


@cache
def _family_sentence() -> re.Pattern[str]:
    from zukan_cli.messages_ja_families import KINDS, WHAT  # noqa: PLC0415

    kinds = "|".join(re.escape(kind) for kind in sorted(KINDS, key=len, reverse=True))
    what = "|".join(re.escape(phrase) for phrase in WHAT)
    return re.compile(
        rf"(?P<subject>.+?) (?P<what>{what}|(?:{kinds}): none of the three families)(?:; (?P<note>.+))?\.",
        re.DOTALL,
    )
