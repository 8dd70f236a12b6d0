"""Says which languages models of a type were taught, where that is a few: their vocabularies hold no others.

Somebody may have trained a type anew with another vocabulary, as a Japanese GPT-2; such a model says so, in its
languages or its name.
"""

from __future__ import annotations

from zukan.languages import languages_in_name
from zukan.schema import ModelRecord, Prospect

_ENGLISH = frozenset(("en",))
_TAUGHT = {
    # "google-t5/t5-base": English, French, Romanian, German (card); Flan-T5 has the same vocabulary.
    "t5": frozenset(("en", "fr", "ro", "de")),
    # English texts alone, as the cards of their first checkpoints say. Types with multilingual checkpoints of the same
    # type (bert, distilbert, deberta-v2, xlm) and those that many train anew (gpt2, llama) tell nothing.
    **dict.fromkeys(
        (
            "bart", "pegasus", "pegasus_x", "led", "longformer", "bigbird_pegasus", "big_bird", "blenderbot",
            "blenderbot-small", "prophetnet", "deberta", "funnel", "mpnet", "opt", "gptj", "squeezebert", "mobilebert",
        ),
        _ENGLISH,
    ),
}  # fmt: skip
_MANY = "multilingual"


def taught(model: Prospect | ModelRecord) -> frozenset[str] | None:
    """Return the languages that a model was taught, by its type; None where its type, name or card leave it open."""
    languages = _TAUGHT.get(model.model_type or "")
    if languages is None or languages_in_name(model.model_id) - languages:
        return None
    stated = {*model.languages} - {_MANY}
    return None if stated - languages else languages
