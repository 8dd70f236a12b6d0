"""Says which languages models of a type were taught, where that is a few: their vocabularies hold no others.

Somebody may have trained a type anew with another vocabulary, as a Japanese GPT-2; such a model says so, in its
languages or its name.
"""

from __future__ import annotations

import re

from zukan.languages import language_code, languages_in_name
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
            "clip",
        ),
        _ENGLISH,
    ),
}  # fmt: skip
_READ_MANY = frozenset(
    (
        "xlm-roberta", "xlm-roberta-xl", "mt5", "umt5", "xglm", "xmod", "m2m_100", "nllb-moe", "rembert", "whisper",
        "qwen2", "qwen3", "gemma3", "gemma3_text", "gemma4",
    )
)  # fmt: skip
"""Types whose first checkpoints were taught a hundred languages, as their papers and cards say (Qwen2: 29, Qwen3: 119,
Gemma 3: over 140)."""
_OF_ENGLISH = re.compile(r"(?:^|/)trocr-(?:small|base|large)-(?:printed|handwritten|str)$")
"""First checkpoints whose type tells nothing: TrOCR was taught English lines alone, as its cards say."""
_MANY, _CODE = "multilingual", 2
_OTHER_MAKE = re.compile(r"(?<=[a-z])(?:t5|(?<!distil)bart|pegasus)|(?:t5|bart|pegasus)(?=[a-z])")
"""What a name says that was made like a type, mostly for other languages: mT5, ByT5, KoBART, BARTpho."""


def reads_many(model: Prospect | ModelRecord) -> bool:
    """Whether a model that states no language is of a type that knows a hundred, whatever it learnt last."""
    return model.model_type in _READ_MANY and not languages_in_name(model.model_id)


def taught(model: Prospect | ModelRecord) -> frozenset[str] | None:
    """Return the languages that a model was taught, by its type; None where its type, name or card leave it open."""
    languages = _TAUGHT.get(model.model_type or "") or (_ENGLISH if _OF_ENGLISH.search(model.model_id) else None)
    if languages is None:
        return None
    stated = {*model.languages} - {_MANY}
    if stated - languages or (_MANY in model.languages and not stated):
        return None
    name = model.model_id.rpartition("/")[2].lower()
    said = {code for part in re.split(r"[^a-z]+", name) if len(part) == _CODE and (code := language_code(part))}
    if (said | languages_in_name(model.model_id)) - languages or _OTHER_MAKE.search(name):
        return None
    return languages
