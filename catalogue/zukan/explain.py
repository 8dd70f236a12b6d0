"""Tells the lesson of the three families for one model: its stack, its proof, its loader, its relatives.

The texts stand in data/lessons.toml, in English and Japanese.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from zukan.advice import Task
from zukan.exclusions import other_format
from zukan.explain_drawing import draw, senses
from zukan.explain_proof import proof
from zukan.family_table import load_table
from zukan.outcomes import Contrast, Explanation, Relative
from zukan.query_tree import Is, Node
from zukan.resources import data_path
from zukan.schema import Family, FamilyTag, Hit, ModelRecord
from zukan.search import popular
from zukan.snippet import snippet
from zukan.store.read import CatalogueReader
from zukan.tasks import all_tasks

_TRIO = (Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ)
_IMPORTED = re.compile(r"from transformers import (\w+)")
_BY_FAMILY = {
    Family.ENCODER_ONLY: "AutoModel",
    Family.DECODER_ONLY: "AutoModelForCausalLM",
    Family.SEQ2SEQ: "AutoModelForSeq2SeqLM",
}
"""What loads the base model of an adapter whose task is not known."""
_INSTEAD = {
    "AutoModelForSemanticSegmentation": (
        "AutoModelForUniversalSegmentation", "AutoModelForInstanceSegmentation", "AutoModelForMaskGeneration",
    ),
    "AutoModelForTextToWaveform": ("AutoModelForTextToSpectrogram",),
    "AutoModelForSeq2SeqLM": ("AutoModelForSpeechSeq2Seq", "AutoModelForImageTextToText", "AutoModelForMultimodalLM"),
    "AutoModelForImageTextToText": ("AutoModelForMultimodalLM", "AutoModelForCausalLM"),
    "AutoModelForCausalLM": ("AutoModelForImageTextToText", "AutoModelForMultimodalLM"),
    "AutoModelForTableQuestionAnswering": ("AutoModelForSeq2SeqLM",),
}  # fmt: skip
"""Where the usual class of a task does not load a type: what does, the nearest first."""
_SIZE = re.compile(
    r"(?<![a-z])(?:tiny|mini|nano|small|medium|base|large|huge|giant|xx?large|xx?l)(?![a-z])|\d+(?:\.\d+)?[bm](?![a-z0-9])"
)
_VERSION = re.compile(r"(?<![a-z])v\d+(?![a-z0-9])")
_POOL = 60
"""How many of the most popular models of a type are looked at for relatives."""

Texts = Mapping[str, str]


@cache
def _lessons() -> Mapping[str, Any]:
    with data_path("lessons.toml").open("rb") as file:
        return tomllib.load(file)


def explain(reader: CatalogueReader, hit: Hit) -> Explanation:
    """Return everything that the three families teach about one model."""
    lessons = _lessons()
    record, tag = hit
    stated = record.pipeline_tag or record.inferred_task
    family = tag.guess or tag.family
    tasks = {task.task_id: task for task in all_tasks()}
    code, snippet_task = snippet(record, tag)
    task = stated or snippet_task
    other = _kind_of_other(record, tag, lessons["other"])
    lesson: Mapping[str, Any] = next((row for row in lessons["lesson"] if row["family"] == family), {})
    if family is Family.OTHER:
        lesson = other
    known = tasks.get(stated or "")
    input_kind = known.input_kind if known else "other" if stated else senses(record, lessons["picture"])
    usual, said = _loading(record, tag, code, snippet_task, tasks.get(task or ""), lessons["loader"])
    loader, loading = _with_known_class(usual, said, record.model_type, lessons["loader"]["say"])
    return Explanation(
        record=record,
        tag=tag,
        title=_title(tag, lesson, lessons["unknown"]),
        idea=_idea(tag, lesson, lessons["unknown"]),
        drawing=draw(record._replace(pipeline_tag=stated), tag, lessons["picture"], input_kind, other),
        good_at=lesson.get("good_at"),
        less_good_at=lesson.get("less_good_at"),
        proof=proof(tag, lessons["proof"]),
        task=task,
        loader=loader,
        loading=loading,
        contrasts=_contrasts(tag, task, lessons),
        relatives=_relatives(reader, hit, task),
    )


def _kind_of_other(record: ModelRecord, tag: FamilyTag, kinds: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return what a model of none of the three families is: the first kind named by what is known of it."""
    tags = (word for word in record.tags if "diffus" in word.lower())
    said = " ".join((tag.reason, record.library_name or "", *tags, record.pipeline_tag or "")).lower()
    return next(kind for kind in kinds if any(re.search(rf"\b{word.lower()}", said) for word in kind["words"]))


def _title(tag: FamilyTag, lesson: Mapping[str, Any], unknown: Mapping[str, Any]) -> Texts:
    if tag.family is Family.UNDETERMINED:
        return unknown["title"]  # type: ignore[no-any-return]
    return lesson["title"] if tag.family in _TRIO else unknown["none"]  # type: ignore[no-any-return]


def _idea(tag: FamilyTag, lesson: Mapping[str, Any], unknown: Mapping[str, Any]) -> tuple[Texts, ...]:
    if tag.family is not Family.UNDETERMINED:
        return (lesson["idea"],)
    said: list[Texts] = [unknown[tag.rule]] if tag.rule in unknown else []
    said.append(unknown["code" if tag.rule == "new-code" else "needed"])
    if tag.guess is not None:
        names = unknown["none"] if tag.guess is Family.OTHER else dict.fromkeys(("en", "ja"), str(tag.guess))
        said.append({ui: text.format(family=names[ui]) for ui, text in unknown["guess"].items()})
    return tuple(said)


def _contrasts(tag: FamilyTag, task: str | None, lessons: Mapping[str, Any]) -> tuple[Contrast, ...]:
    """Return what the families that the model is not of would do with its task."""
    by_family = lessons["task"].get(task or "", {})
    general = {row["family"]: row["any_task"] for row in lessons["lesson"]}
    return tuple(
        Contrast(family, by_family.get(family, general[family])) for family in _TRIO if family is not tag.family
    )


def _loading(
    record: ModelRecord,
    tag: FamilyTag,
    code: str,
    snippet_task: str | None,
    task: Task | None,
    texts: Mapping[str, Any],
) -> tuple[str | None, tuple[Texts, ...]]:
    """Return (what loads models of the task, why); the class is the one that `show` prints Python for."""
    said: list[Texts] = []
    loader: str | None = None

    def say(name: str, **facts: str) -> None:
        said.append({ui: text.format(**facts) for ui, text in texts["say"][name].items()})

    if match := _IMPORTED.search(code):
        loader = match[1]
        if loader == "pipeline":
            say("zero_shot" if snippet_task == "zero-shot-classification" else "pipeline")
        else:
            said.append(texts["class"][loader])
            say("has_pipeline" if snippet_task in texts["pipelines"] else "no_pipeline", task=str(snippet_task))
        if record.library_name == "sentence-transformers" and loader == "AutoModel":
            say("sentences")
    elif other_format(record):
        say("format")
    elif record.library_name == "peft" or (record.base_relation == "adapter" and not _foreign(record)):
        loader = _class_for(task, tag)
        say("adapter" if loader else "adapter_base", model=record.model_id)
    elif _foreign(record):
        say("library", library=str(record.library_name))
    elif task and task.auto_class and "transformers" in (record.library_name, *record.tags):
        loader = task.auto_class if tag.family not in _TRIO else _class_for(task, tag)
        if loader != task.auto_class and tag.family is Family.DECODER_ONLY:
            said.append(texts["class"][loader])
            say("prompt", task=task.task_id)
        else:
            say("unproven" if tag.family is Family.UNDETERMINED else "by_task", task=task.task_id)
    else:
        say("nothing")
    if "custom_code" in record.tags and loader:
        say("code")
    return loader, tuple(said)


def _with_known_class(
    usual: str | None, said: tuple[Texts, ...], model_type: str | None, say: Mapping[str, Any]
) -> tuple[str | None, tuple[Texts, ...]]:
    """Return (what loads the model, why): never an Auto class of which transformers says that it lacks the type."""
    able = _that_loads(usual, model_type) if usual else None
    if able == usual:
        return usual, said
    text = say["instead" if able else "none_loads"]
    return able, ({ui: words.format(usual=usual, type=model_type) for ui, words in text.items()},)


def _that_loads(auto_class: str, model_type: str | None) -> str | None:
    """Return the Auto class that loads a type for what a task's usual class is for, None where none does.

    Types that transformers has no code for are left to the class: their own code may register itself.
    """
    tables = load_table().auto_classes
    if auto_class not in tables or not any(model_type in types for types in tables.values()):
        return auto_class
    candidates = (auto_class, *_INSTEAD.get(auto_class, ()), "AutoModel")
    return next((name for name in candidates if model_type in tables.get(name, ())), None)


def _class_for(task: Task | None, tag: FamilyTag) -> str | None:
    """Return the Auto class for a task; what writes text is loaded by its family whatever the task."""
    by_family = _BY_FAMILY.get(tag.family)
    if by_family is None or (task and task.auto_class and task.auto_class not in _BY_FAMILY.values()):
        return task.auto_class if task and by_family else None
    return by_family


def _foreign(record: ModelRecord) -> bool:
    return record.library_name not in (None, "transformers", "sentence-transformers", "peft")


def _relatives(reader: CatalogueReader, hit: Hit, task: str | None) -> tuple[Relative, ...]:
    """Return two relatives: what it was made from or into, then another size or language, then the next best."""
    record, tag = hit

    def others(*parts: Node, limit: int = _POOL) -> list[Hit]:
        places = popular(reader, (*parts, Is("exclusion", (None,))), limit + 1, inferred=True)
        return [it for it in reader.hits(places) if it.record.model_id != record.model_id and not it.record.absent][
            :limit
        ]

    found = {name: [] for name in ("base", "child", "size", "language", "type", "task", "proven")}  # type: dict[str, list[Hit]]
    bases = [base for name in record.base_models if (base := reader.get(name))]
    found["base"] = [base for base in bases if reader.prospect(base.record.model_id).exclusion is None]
    found["child"] = others(Is("base", (record.model_id,)), limit=3)
    if record.model_type:
        for other in others(Is("type", (record.model_type,))):
            found[_likeness(record, other.record)].append(other)
        found["type"].sort(key=lambda other: other.record.pipeline_tag != record.pipeline_tag)
    family = tag.guess or tag.family
    if task and family is not Family.UNDETERMINED:
        kind = "proven" if tag.guess else "task"
        found[kind] = others(Is("family", (str(family),)), Is("task", (task,)), limit=20)
        found[kind].sort(key=lambda other: other.record.library_name != record.library_name)
    ranked = [(why, other) for why, hits in found.items() for other in hits]
    made = next((pair for pair in ranked if pair[0] in ("base", "child")), None)
    chosen = {made[1].record.model_id: made} if made else {}
    for why, other in sorted(ranked, key=lambda pair: pair[0] in ("base", "child")):
        if len(chosen) < 2:
            chosen.setdefault(other.record.model_id, (why, other))
    return tuple(Relative(other.record, other.tag, why) for why, other in chosen.values())


def _likeness(record: ModelRecord, other: ModelRecord) -> str:
    """Return what two models of one type differ in: `size`, `language`, or more than that (`type`)."""
    name, its = (which.model_id.lower().rpartition("/")[2] for which in (record, other))
    if record.author == other.author and _stem(name) == _stem(its) and _SIZE.findall(name) != _SIZE.findall(its):
        return "size"
    if record.pipeline_tag != other.pipeline_tag or not record.languages or not other.languages:
        return "type"
    fewer, more = sorted((set(record.languages), set(other.languages)), key=len)
    return "language" if not fewer & more or len(more) >= 3 * len(fewer) else "type"


def _stem(name: str) -> str:
    return " ".join(re.split(r"[-_.\s]+", _VERSION.sub("", _SIZE.sub("", name)))).strip()
