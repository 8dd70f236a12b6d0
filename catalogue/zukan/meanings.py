"""What words and phrases ask for beside themselves: a language, a task, a model by a short name, who made it.

The catalogue keeps them as a table, so that a search looks up a few words instead of loading the registries.
"""

from __future__ import annotations

import json
import re
from itertools import permutations

from zukan.languages import codes_in_names, language_code, language_name, language_words
from zukan.organisations import organisations
from zukan.phrases import normalise
from zukan.tasks import serves_all, task, task_words, topic_signs
from zukan.understanding import topics_in

VERSION = "9"
"""Raised with every change of what this module returns; the registries are a part of it."""
_FEW = 2
"""Of more topics nobody knows which is meant."""
TASK, LANGUAGE, TRANSLATION = "task", "language", "translation"
LONGEST = 5
"""Words of the longest phrase that is looked up."""
_SHORT_NAMES = {
    "sd": "stable diffusion", "sdxl": "stable diffusion xl", "sd xl": "stable diffusion xl",
    "svd": "stable video diffusion", "sd 1.4": "stable diffusion v1 4", "sd1.4": "stable diffusion v1 4",
    "sd 1.5": "stable diffusion v1 5", "sd1.5": "stable diffusion v1 5", "sd15": "stable diffusion v1 5",
    "stable diffusion 1.4": "stable diffusion v1 4", "stable diffusion 1.5": "stable diffusion v1 5",
    "stable diffusion 2.1": "stable diffusion 2 1",
    "sd 2.1": "stable diffusion 2 1", "sd2.1": "stable diffusion 2 1", "sd3": "stable diffusion 3",
    "sd 3.5": "stable diffusion 3.5", "sd3.5": "stable diffusion 3.5", "mbert": "bert multilingual",
    "m-bert": "bert multilingual", "xlmr": "xlm roberta", "xlm-r": "xlm roberta", "w2v2": "wav2vec2",
    "w2v": "wav2vec2", "sbert": "sentence transformers",
}  # fmt: skip
"""How people call models in short → the words of their names."""
_MOVED = {
    "cl-tohoku": "tohoku-nlp", "thudm": "zai-org", "cognitivecomputations": "dphn", "cohereforai": "CohereLabs",
    "wizardlm": "WizardLMTeam", "runwayml": "stable-diffusion-v1-5",
}  # fmt: skip
"""Organisations by the names that they had on the Hub, which many still know them by."""
_LETTERS_OF = {
    "日": "ja", "英": "en", "中": "zh", "韓": "ko", "独": "de", "仏": "fr", "西": "es", "露": "ru", "伊": "it",
    "葡": "pt",
}  # fmt: skip
"""The letters by which two languages are named together: 英日 is from English into Japanese."""
_TRANSLATED = re.compile("(?:(.)文)?(.)訳")


def meanings() -> dict[str, str]:
    """Return phrase (lower case, single spaces) → JSON object of texts, of one kind.

    - `task`: its id, with `names`: what the names of models say that do it, between commas; `about`: what those say
      that are about the same, as of 感情認識; the `source` and `target` of 英日翻訳, the `target` of 和訳;
    - `language`: its code, with its English `name` and the `codes` by which names say it, between commas;
    - `source` and `target`: codes of both languages of a translation;
    - `called`: the words of the whole name; `author`: the organisation's name on the Hub.
    """
    found: dict[str, str] = {}
    for phrase, name in (*organisations().items(), *_MOVED.items()):
        # A present name in Latin letters stands in the ids itself.
        if not phrase.isascii() or phrase in _MOVED:
            found[phrase.replace("-", " ")] = json.dumps({"author": name})
    directions = {
        first + second: {"source": source, "target": target}
        for (first, source), (second, target) in permutations(_LETTERS_OF.items(), 2)
    }
    found |= {letters: json.dumps(direction) for letters, direction in directions.items()}
    for phrase, words in _SHORT_NAMES.items():
        found[phrase.replace("-", " ")] = json.dumps({"called": words})
    for phrase, task_id in task_words().items():
        if len(phrase.split()) <= LONGEST:
            direction = (directions.get(phrase[:2]) or _into(phrase)) if task_id == TRANSLATION else {}
            names = ",".join(task(task_id).name_words)
            # English words stand in the names themselves.
            about = {} if direction or phrase.isascii() else _about(phrase, task_id)
            found[phrase] = json.dumps({TASK: task_id, "names": names, **about, **direction})
    for phrase, code in language_words().items():
        # Codes of two or three letters are words of names too (`it`, `en`): they ask for nothing more.
        if len(phrase) > 3 or not phrase.isascii():
            known = language_code(code) or code
            name, codes = language_name(code, "en").lower(), ",".join(codes_in_names(known))
            found[phrase] = json.dumps({LANGUAGE: known, "name": name, **({"codes": codes} if codes else {})})
    return found


def _into(phrase: str) -> dict[str, str]:
    """Return the language into which a word for translating says that it is, and that of what: 和訳, 英文和訳."""
    letters = _LETTERS_OF | {"和": "ja"}
    said = _TRANSLATED.fullmatch(phrase)
    target, source = (letters.get(said[2]), letters.get(said[1] or "")) if said else (None, None)
    if phrase.endswith("訳") and not said:
        target = language_words().get(phrase.removesuffix("訳"))  # 中国語訳
    if not target:
        return {}
    return {"source": source, "target": target} if source else {"target": target}


def _about(phrase: str, task_id: str) -> dict[str, str]:
    """Return what the names of models say that are about what a phrase for a task is about."""
    topics = [topic for topic in topics_in(normalise(phrase), task_id) if not serves_all(topic)]
    # What all that do the task say tells least: of 漫画OCR it is the comics. 感情認識 is of sentiments or of emotions.
    own = set(task(task_id).name_words)
    chosen = [topic for topic in topics if own.isdisjoint(topic_signs(topic))] or topics
    signs = dict.fromkeys(sign for topic in chosen for sign in topic_signs(topic))
    return {"about": ",".join(signs)} if 0 < len(chosen) <= _FEW else {}
