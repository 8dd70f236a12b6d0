"""What the box asks to begin with: in a language that the model reads, and between languages that it translates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zukan.languages import language_pair_in_name, languages_in_name
from zukan.outcomes import TrialRequest
from zukan.trial.abilities import ALIASES
from zukan.trial.examples import complete, labels
from zukan.trial.senses import CHOOSERS, Reads, reads
from zukan_cli.i18n import language

_MANY = "multilingual"


def example(model_id: str, task: str, languages: Sequence[str]) -> TrialRequest:
    """Return the example of a task that can be tried, without a text where zukan has none that suits the model.

    Args:
        model_id: The model; its name may state what it translates.
        task: The task.
        languages: The codes that it is stated to be made for; none = not known.

    """
    request = TrialRequest(model_id, task=task)
    japanese = _is_japanese(model_id, task, languages)
    if task in CHOOSERS:
        return replace(request, labels=labels(task, japanese=japanese))
    if reads(ALIASES.get(task, task)) is not Reads.TEXT:
        return request
    if task == "translation":
        source, target = _pair(model_id, languages, japanese=japanese)
        request = replace(request, source_language=source, target_language=target)
        if source not in ("en", "ja"):
            return request
        japanese = source == "ja"
    return complete(request, task, japanese=japanese)


def _is_japanese(model_id: str, task: str, languages: Sequence[str]) -> bool:
    """Tell whether to ask in Japanese: what reads it and English too is asked in the language of the visitor."""
    stated = set(languages) or set(languages_in_name(model_id))
    if not stated:
        # Only a model made for Japanese knows which Japanese word is missing.
        return language() == "ja" and task != "fill-mask"
    return language() == "ja" if _MANY in stated or {"en", "ja"} <= stated else "ja" in stated


def _pair(model_id: str, languages: Sequence[str], *, japanese: bool) -> tuple[str | None, str | None]:
    """Return from which language into which a model is asked to translate; None = whoever asks must say."""
    if named := language_pair_in_name(model_id):
        source, target = (None if code == _MANY else code for code in named)
        return source, target
    stated = [code for code in languages if code != _MANY]
    source = "ja" if japanese else "en"
    if stated and source not in stated:
        source = stated[0]
    others = [code for code in stated if code != source]
    usual = "de" if source == "en" else "en"
    return source, others[0] if others and usual not in others else usual
