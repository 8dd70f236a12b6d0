"""The rules for tags: the model type where the Hub writes it, free tags with guards, tags for other networks."""

from __future__ import annotations

from zukan.family_evidence import Evidence
from zukan.family_names import network_named
from zukan.family_rules import (
    DECODER,
    ENCODER,
    INFERRED,
    OTHER,
    SEQ2SEQ,
    T5_TYPES,
    WRAPPERS,
    by_part,
    by_text_model,
    first_half,
    tag,
)
from zukan.family_tasks import LANGUAGE_TASKS, NETWORK_TASKS, SENSES
from zukan.schema import FamilyTag


def by_tags(e: Evidence) -> FamilyTag | None:
    """Rule 9: the model type among the tags.

    In the Hub's own place it is nearly as good as a config. Anywhere else a tag may be a mere topic: there it
    counts only beside a library or weight format, never from the stop list, and only if all of them agree.
    """
    if e.task == "time-series-forecasting" and (series := e.name().series):
        # Chronos-2 is the encoder of a T5 and keeps its type.
        found = {**e.of_name(), "pipeline_tag": e.task}
        return tag(series, INFERRED, "name", "By its name and its task together, it is", found)
    path, word = e.hub_type() or ("tags", None)
    if word is None and (made_of := _unknown_type(e)):
        return made_of
    if e.library in e.table.sound_libraries:
        return None
    if word is None and (e.library in e.table.leading_tags or e.table.leading_tags.intersection(e.tags)):
        free = {t for t in e.tags if (t in e.table.free_types or is_soft(e, t)) and t != e.row.get("library_name")}
        word = min(free) if len({e.table.types[t] for t in free}) == 1 else None
    known = e.table.find_type(word) if word else None
    if known and e.tags[:1] != ("transformers",) and e.task in SENSES and e.table.types[known] in (DECODER, SEQ2SEQ):
        known = None
    if word and known and known in e.table.text_model_decides:
        return by_text_model(e)
    if word and known and known not in WRAPPERS:
        found = {path: word}
        if known in T5_TYPES and e.library in e.table.sentence_encoders:
            return first_half(e, word, found)
        family, kind, note = e.table.types[known], e.table.kinds.get(known), e.table.disputed.get(known)
        if family is DECODER and (both := e.two_way()):
            note = e.table.bidirectional_note
            return tag(ENCODER, INFERRED, "name", f"Tagged {word} and named so, it is", {**found, **both}, note=note)
        if family is SEQ2SEQ and e.says_encoder():
            return tag(ENCODER, INFERRED, "name", f"Tagged {word} and named so, it is", {**found, **e.of_name()})
        return tag(family, INFERRED, "tag", f"Tagged {word}, it is", found, kind=kind, note=note)
    return _of_other_words(e)


def _of_other_words(e: Evidence) -> FamilyTag | None:
    """Return what tags for diffusion models, static vectors and policies say."""
    diffusion = next((t for t in e.tags if t in e.table.diffusion_tags), None)
    if diffusion and e.task not in LANGUAGE_TASKS:
        return tag(OTHER, INFERRED, "tag", f"Tagged {diffusion}, it is", {"tags": diffusion}, kind="a diffusion model")
    if "static-embeddings" in e.tags:
        found = {"tags": "static-embeddings"}
        return tag(OTHER, INFERRED, "tag", "Tagged static-embeddings, it is", found, kind="word vectors")
    policy = next((t for t in e.tags if t in e.table.policy_tags), None)
    if policy and e.task == "reinforcement-learning":
        found = {"tags": policy, "pipeline_tag": e.task}
        return tag(OTHER, INFERRED, "tag", f"Tagged {policy}, it is", found, kind="a reinforcement-learning policy")
    return None


def is_soft(e: Evidence, word: str) -> bool:
    """Whether a type that is also a topic is to be believed: beside weights and no task of another family."""
    if word not in e.table.soft_tags or not e.has_weights():
        return False
    return e.task is None or e.table.task_guess.get(e.task) is e.table.types[word]


def _unknown_type(e: Evidence) -> FamilyTag | None:
    """Return what a type that no table knows is made of, where the Hub put it: behind transformers and the formats."""
    if not e.tags or e.tags[0] != "transformers" or not e.has_weights():
        return None
    word = next((tag for tag in e.tags if tag not in e.table.leading_tags), None)
    if (
        word is None
        or ":" in word
        or word == e.task
        or (word.isalpha() and word.islower() and "custom_code" not in e.tags)
    ):
        return None
    return by_part(e, word, {"tags": word})


def by_network_tag(e: Evidence) -> FamilyTag | None:
    """Return what a tag for a network without attention says, beside a task that such networks do."""
    if e.task not in NETWORK_TASKS:
        return None
    for word in e.tags:
        if kind := network_named(word):
            found = {"tags": word, "pipeline_tag": e.task}
            return tag(OTHER, INFERRED, "tag", f"Tagged {word}, it is", found, kind=kind)
    return None
