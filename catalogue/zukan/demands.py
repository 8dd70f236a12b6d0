"""What models must fulfil beside doing the task: looked for in the index, checked, and what each demand costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from zukan.advice import Hardware, Understanding, Wishes
from zukan.errors import QueryError
from zukan.exclusions import ALLOWED, MADE_FOR, NO_PYTORCH, OTHER_FORMAT, QUANTISED
from zukan.languages import language_code
from zukan.lazily import lazily
from zukan.licences import KNOWN, OF_MODELS, PERMISSIVE, licences_of, unwanted_licences
from zukan.machine import is_any, machine
from zukan.organisations import kinds_from, makers_from, organisations
from zukan.query_tree import Either, Is, Missing, Node, Not, Range, Word
from zukan.schema import Family, Prospect
from zukan.search import number_of
from zukan.store.read import CatalogueReader
from zukan.store.tokens import JOINT
from zukan.store.wording import name_words, words_of
from zukan.unwanted_names import LARGE_LANGUAGE_MODELS

MOST_UNKNOWN = 100
"""So many models that are left out for not being known are counted; the figure then stands for so many or more."""
_VERSION = lazily(rf"s|v?\d+[a-z]?(?:{JOINT}\d+)?")
_LONG_KIND = 4
"""So long a name is one at the end of a longer word too: distilbert, and not resnet50 for `t5`."""
_DIFFUSION = {
    "sdxl": ("StableDiffusionXL", "stable diffusion xl"), "stable diffusion": ("StableDiffusion", "sdxl"),
}  # fmt: skip
"""Kind of model → (how the classes of its pipelines begin, what else names call it)."""
SIZE, DATE = "parameters", "created"
"""The names of the demands for a size, at least or at most, and for a date, since or until."""


def checked(wishes: Wishes) -> Wishes:
    """Return wishes that some model could fulfil.

    Raises:
        QueryError: None could.

    """
    least, most = wishes.min_parameters, wishes.max_parameters
    if least is not None and most is not None and least > most:
        raise QueryError(f"no model has at least {least} and at most {most} parameters")
    if wishes.since and wishes.until and wishes.since > wishes.until:
        raise QueryError(f"no date is since {wishes.since} and until {wishes.until}")
    return wishes


def allowed_reasons(wishes: Wishes, task_id: str) -> tuple[str, ...]:
    """Return the reasons against a model that are none for who asks for a task."""
    # Who names a format wants a copy in it.
    of_format = (OTHER_FORMAT, QUANTISED, NO_PYTORCH) if wishes.weights else ()
    return (*(reason for name in wishes.allow for reason in ALLOWED[name]), *of_format, *MADE_FOR.get(task_id, ()))


def demanded(wishes: Wishes, task_id: str) -> list[Node]:
    """Return the wishes that the index can look for."""
    return [Is("exclusion", (None, *allowed_reasons(wishes, task_id))), *(node for _, node, _ in _demands(wishes))]


def _demands(wishes: Wishes) -> Iterator[tuple[str, Node, Node | None]]:
    """Yield (name, what is looked for, what finds the models of which it is not known) of each demand."""
    if wishes.family:
        yield "family", Is("family", (wishes.family,)), Is("family", (str(Family.UNDETERMINED),))
    yield from _demanded_licences(wishes)
    if wishes.author:
        yield "author", Is("author", _makers(wishes.author)), None
    if wishes.since or wishes.until:
        # No day follows the last of all dates, and no model was created on it.
        last = min(date.fromisoformat(wishes.until), date.max - timedelta(days=1)) if wishes.until else None
        after = (last + timedelta(days=1)).isoformat() if last else None
        yield DATE, Range("created", wishes.since, after), Missing("created")
    least, most = wishes.min_parameters, wishes.max_parameters
    if least is not None or most is not None:
        yield SIZE, Range("params", least, None if most is None else min(most + 1, 2**63 - 1)), Missing("params")
    for name in _authors(wishes.without or ""):
        if origin := makers_from(name):
            yield "without", Not(Is("author", origin)), None
            continue
        if name == LARGE_LANGUAGE_MODELS:
            yield "without", Not(Is("family", (str(Family.DECODER_ONLY),))), None
            continue
        yield "without", Not(Word(name)), None
        if makers := organisations().get(name):
            yield "without", Not(Is("author", _authors(makers))), None
    if wishes.weights:
        words = tuple(Word(one) for one in _authors(wishes.weights))
        yield "weights", words[0] if len(words) == 1 else Either(words), None
    if wishes.no_gated:
        known = None if wishes.or_unknown else Is("gated", (None,))
        yield "no_gated", Is("gated", ("no", None) if wishes.or_unknown else ("no",)), known


def _demanded_licences(wishes: Wishes) -> Iterator[tuple[str, Node, Node | None]]:
    if wishes.license:
        yield "license", Is("license", licences_of(wishes.license)), Is("license", (None,))
    if wishes.without_license:
        yield "without_license", Not(Is("license", unwanted_licences(wishes.without_license))), None


def _authors(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.lower().split("|"))))


def _makers(wanted: str) -> tuple[str, ...]:
    """Return the authors that are wanted, those of a country (`made in Japan`) one by one."""
    return tuple(maker for name in _authors(wanted) for maker in (makers_from(name) or (name,)))


def fulfils(model: Prospect, wishes: Wishes) -> bool:
    """Whether a model is what was demanded: those that leaderboards name were not found by it."""
    if not any(wishes):
        return True
    size, created = model.num_parameters, model.created or ""
    return (
        not (wishes.without and _is_shunned(model, wishes.without))
        and (not wishes.family or model.family == wishes.family)
        and (not wishes.license or (model.license or "").lower() in licences_of(wishes.license))
        and not (wishes.without_license and _is_licensed(model, wishes.without_license))
        and (not wishes.author or model.author.lower() in _makers(wishes.author))
        and (not wishes.since or created >= wishes.since)
        and (not wishes.until or "" < created <= wishes.until)
        and (not wishes.min_parameters or (size is not None and size >= wishes.min_parameters))
        and (not wishes.max_parameters or (size is not None and size <= wishes.max_parameters))
        and (not wishes.no_gated or model.gated == "false" or (wishes.or_unknown and model.gated is None))
        and (not wishes.weights or _holds(model, wishes.weights))
    )


def _is_licensed(model: Prospect, unwanted: str) -> bool:
    """Whether a model is under one of some licences; its maker's own often has no name on the Hub."""
    licence = (model.license or "other").lower()
    if licence in unwanted_licences(unwanted):
        return True
    makers = [name for name in unwanted.split("|") if name in OF_MODELS or name not in KNOWN]
    said = name_words(model.model_id) if makers else frozenset()
    return licence not in PERMISSIVE and any({*words_of(name)} <= said for name in makers)


def _holds(model: Prospect, weights: str) -> bool:
    """Whether a repository says that it has weights in a format."""
    said = {model.library_name, *model.tags, *name_words(model.model_id)}
    return not said.isdisjoint(_authors(weights))


@lru_cache(maxsize=64)
def _shunned(without: str) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Return the authors, the kinds of models and the languages that nobody wants, in lower case."""
    names = _authors(without)
    makers = {maker for name in names for maker in _authors(organisations().get(name, name))}
    makers.update(*map(makers_from, names))
    kinds = tuple(kind for name in names for kind in (name, *kinds_from(name)))
    return frozenset(makers), kinds, frozenset(code for name in names if (code := language_code(name)))


def _is_shunned(model: Prospect, without: str) -> bool:
    makers, kinds, languages = _shunned(without)
    return (
        model.author.lower() in makers
        or not makers.isdisjoint(base.lower().partition("/")[0] for base in model.base_models)
        or any(_is_made_of(model, kind) for kind in kinds)
        or (bool(model.languages) and languages.issuperset(model.languages))
    )


def _is_made_of(model: Prospect, kind: str) -> bool:
    """Whether a name, a type or a pipeline says a kind of model: llama3 and codellama are llamas, a dolphin no phi."""
    if kind == LARGE_LANGUAGE_MODELS:
        return model.family == Family.DECODER_ONLY
    texts = (model.model_id, model.model_type or "", *model.base_models)
    said = {word for text in texts for word in name_words(text)}
    parts = words_of(kind)
    if diffusion := _DIFFUSION.get(" ".join(parts)):
        pipeline, other = diffusion
        if said.issuperset(words_of(other)) or any(tag.startswith(f"diffusers:{pipeline}") for tag in model.tags):
            return True
    if said.issuperset(parts):
        return True
    # Versions and the plural too: yolov13, yolo11x, YOLOs.
    return any(
        (len(kind) >= _LONG_KIND and word.endswith(kind))
        or (word.startswith(kind) and _VERSION.fullmatch(word, len(kind)) is not None)
        for word in said
    )


def unknown(reader: CatalogueReader, task_id: str, wishes: Wishes) -> dict[str, int]:
    """Return demand → how many models of a task fulfil all others, but of them it is not known whether this one too.

    They are left out. `MOST_UNKNOWN` stands for so many or more.
    """
    demands = list(_demands(wishes))
    scope: list[Node] = [Is("task", (task_id,)), Is("exclusion", (None, *allowed_reasons(wishes, task_id)))]
    found: dict[str, int] = {}
    for name, _, missing in demands:
        others = [node for other, node, _ in demands if other != name]
        if missing is not None and (number := number_of(reader, (*scope, *others, missing), MOST_UNKNOWN)):
            found[name] = number
    return found


Ask = tuple[Understanding, Hardware]


def each_left_out(understood: Understanding, hardware: Hardware) -> Iterator[tuple[str, Ask]]:
    """Yield (demand, the same question without it) for all that was demanded: wishes, languages, machine."""
    wishes = understood.wishes
    for name, wish in wishes._asdict().items():
        if wish and name not in ("prefer", "allow", "or_unknown"):
            names = (name, "or_unknown") if name == "no_gated" else (name,)
            without = wishes._replace(**{one: Wishes._field_defaults[one] for one in names})
            yield name, (understood._replace(wishes=without), hardware)
    if understood.source_language or understood.target_language:
        yield "direction", (understood._replace(source_language=None, target_language=None, languages=()), hardware)
    elif understood.languages:
        yield "languages", (understood._replace(languages=()), hardware)
    if not is_any(hardware):
        yield "machine", (understood, machine("any"))


def blame(
    understood: Understanding, hardware: Hardware, count: Callable[[Understanding, Hardware], int]
) -> dict[str, int]:
    """Return demand → how many models there would be without it, those that help most first.

    Args:
        understood: A question to which there is no answer.
        hardware: The machine that it was asked for.
        count: Returns how many models answer another question.

    """
    found = {name: count(*ask) for name, ask in each_left_out(understood, hardware)}
    return dict(sorted(((name, number) for name, number in found.items() if number), key=lambda item: -item[1]))
