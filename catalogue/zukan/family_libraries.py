"""The rules for libraries: those whose models share a family, timm by its names, speech by its words."""

from __future__ import annotations

from collections.abc import Iterable

from zukan.family_evidence import Evidence, lists_languages, mapping, text
from zukan.family_rules import ENCODER, INFERRED, OTHER, SEQ2SEQ, tag
from zukan.family_table import fold
from zukan.schema import FamilyTag

_SOUND_TASKS = frozenset({"automatic-speech-recognition", "text-to-speech", "audio-to-audio"})
_LONG_WORD = 6
_CODE = 3
"""Length of a language's code."""


def by_library(e: Evidence) -> FamilyTag | None:
    """Return the family that all models of a library share, or that its words for networks name."""
    if e.library == "timm" or text(e.config.get("architecture")):
        return _timm(e)
    if e.library == "open_clip" and "coca" in e.model_id.lower():
        note = "some put it in no family, because a decoder writes captions beside the two encoders"
        return tag(SEQ2SEQ, INFERRED, "name", f"By its name, {e.model_id} is", e.of_name(), note=note)
    shared = e.table.libraries.get(e.library) if e.library else None
    if shared is not None:
        return tag(shared, INFERRED, "library", f"Its library {e.library} makes it", e.of_library())
    if e.library == "flair" and e.model_id.startswith("flair/"):
        # Their own models: stacked LSTMs, but for the large ones (FLERT on XLM-R) and TARS (on BERT).
        transformer = e.model_id.endswith("-large") or "tars" in e.model_id
        kind = None if transformer else "a recurrent tagger"
        family = ENCODER if transformer else OTHER
        return tag(family, INFERRED, "name", f"By its name, {e.model_id} is", e.of_name(), kind=kind)
    if e.library in e.table.sound_libraries or (e.task in _SOUND_TASKS and not e.classes and not e.type):
        return _sound(e)
    return None


def _timm(e: Evidence) -> FamilyTag | None:
    """Return what a timm model is, by the architecture in its config.json or the beginning of its name."""
    architecture = text(e.config.get("architecture"))
    if architecture and (e.library == "timm" or mapping(e.config.get("pretrained_cfg"))):
        name, evidence = architecture.lower(), {f"{e.prefix}architecture": architecture}
    elif e.library == "timm":
        name, evidence = e.model_id.rpartition("/")[2].lower(), e.of_name()
    else:
        return None
    kinds = {None: e.table.timm_transformers, "a convolutional network": e.table.timm_convolutional,
             "a network without attention": e.table.timm_without_attention}  # fmt: skip
    # The longest beginning decides: mobilenetv4 is convolutional, mobilenetv4_hybrid has attention.
    length, kind = max(((_begins(name, names), kind) for kind, names in kinds.items()), key=lambda pair: pair[0])
    if not length:
        return None
    family = OTHER if kind else ENCODER
    return tag(family, INFERRED, "name", f"By its name, {name} is", evidence, kind=kind)


def _begins(name: str, beginnings: Iterable[str]) -> int:
    """Return how long the longest of some beginnings is that a name has, 0 for none."""
    fitting = (begin for begin in beginnings if name.startswith(begin) and not name[len(begin) :][:1].isalpha())
    return max(map(len, fitting), default=0)


def _sound(e: Evidence) -> FamilyTag | None:
    """Return what a speech library's model is, by the words of its tags, its interface and its name."""
    interface = text(mapping(e.config.get("speechbrain")).get("speechbrain_interface"))
    places = [(f"{e.prefix}speechbrain.speechbrain_interface", interface, interface.lower())] if interface else []
    if e.library in e.table.sound_libraries or e.library in e.table.copy_libraries:
        places += [("tags", t, w) for t in e.tags if ":" not in t for w in (fold(t), *fold(t).split("-"))]
    places += [(e.id_path, e.model_id, word) for word in fold(e.model_id.rpartition("/")[2]).split("-")]
    if lists_languages(e.tags):
        places = [place for place in places if place[0] != "tags" or len(place[1]) != _CODE]
    said = {word: (path, value) for path, value, word in reversed(places)}
    for known, what in e.table.sound_words.items():
        word = known if known in said else None
        if word is None and len(known) >= _LONG_WORD:
            word = next((w for w in said if w.startswith(known)), None)
        if word is None:
            continue
        path, value = said[word]
        family = next((family for family in (ENCODER, SEQ2SEQ) if family == what), OTHER)
        if path == e.id_path and (e.name().torn or e.name().family not in (None, family)):
            return None
        if family is not OTHER and e.library not in e.table.sound_libraries:
            continue  # elsewhere the names of well-known models decide, with their tasks
        rule, kind = ("name" if path == e.id_path else "tag"), (what if family is OTHER else None)
        subject = f"By its name, {value} is" if path == e.id_path else f"Tagged {value}, it is"
        return tag(family, INFERRED, rule, subject, {path: value}, kind=kind)
    return None
