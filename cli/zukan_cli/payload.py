"""The JSON contract: turns the library's types into objects with the Hub's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.advice import Candidate, Fit, Hardware, Reason, Recommendation, Similar, Task
    from zukan.outcomes import CrawlReport, ModelCard, OptimizeReport, TrialResult
    from zukan.schema import FamilyTag, Hit, ModelRecord


def model(record: ModelRecord, tag: FamilyTag) -> dict[str, Any]:
    """Return one model: `model_id`, the family with its proof, and otherwise the Hub's keys."""
    return {
        "model_id": record.model_id,
        "family": str(tag.family),
        "certainty": str(tag.certainty),
        "guess": str(tag.guess) if tag.guess else None,
        "reason": tag.reason,
        "evidence": dict(tag.evidence),
        "pipeline_tag": record.pipeline_tag,
        "inferred_task": record.inferred_task,
        "inferred_from": record.inferred_from,
        "library_name": record.library_name,
        "model_type": record.model_type,
        "architectures": list(record.architectures),
        "num_parameters": record.num_parameters,
        "parameters_source": record.parameters_source,
        "license": record.license,
        "languages": list(record.languages),
        "downloads": record.downloads,
        "likes": record.likes,
        "as_of": record.as_of,
        "gated": record.gated,
        "base_models": list(record.base_models),
        "createdAt": record.created_at,
        "lastModified": record.last_modified,
        "author": record.author,
        "_id": record.hub_id,
        "confirmed": record.hub_id is not None,
        "absent": record.absent,
        "removed": record.removed,
        "disabled": record.disabled,
        "sha": record.sha,
        "tags": list(record.tags),
        "sources": list(record.sources),
    }


def hit(found: Hit) -> dict[str, Any]:
    """Return one search result."""
    return model(found.record, found.tag)


def fit(value: Fit) -> dict[str, Any]:
    """Return what a model needs, in bytes, with the basis of the figures."""
    return {
        "verdict": str(value.verdict),
        "peak_bytes": value.peak_bytes,
        "private_bytes": value.private_bytes,
        "file_bytes": value.file_bytes,
        "download_bytes": value.download_bytes,
        "basis": value.basis,
        "tokens_per_second": value.tokens_per_second and float(f"{value.tokens_per_second:.2g}"),
        "speed_basis": value.speed_basis or None,
    }


def hardware(value: Hardware) -> dict[str, Any]:
    """Return what a machine has."""
    return {
        "memory_bytes": value.memory_bytes,
        "available_bytes": value.available_bytes,
        "cores": value.cores,
        "accelerator": value.accelerator,
        "accelerator_name": value.accelerator_name,
        "disk_free_bytes": value.disk_free_bytes,
        "basis": value.basis,
    }


def card(value: ModelCard) -> dict[str, Any]:
    """Return everything known of one model."""
    record = value.record
    return {
        **model(record, value.tag),
        "absent_since": value.absent_since,
        "asked_now": value.asked_now,
        "history": [{"date": date, "downloads": downloads, "likes": likes} for date, downloads, likes in value.history],
        "card": {"paragraph": value.card[0], "fetched_at": value.card[1]} if value.card else None,
        "config": dict(record.config),
        "auto_model": record.auto_model,
        "aliases": list(record.aliases),
        "trendingScore": record.trending_score,
        "mask_token": record.mask_token,
        "context_length": record.context_length,
        "used_storage": record.used_storage,
        "base_relation": record.base_relation,
        "copies": value.copies,
        "children": [{"model_id": name, "relation": relation} for name, relation in value.children],
        "fit": fit(value.fit),
        "snippet": value.snippet or None,
        "snippet_task": value.snippet_task,
        "evaluations": [dict(item) for item in value.evaluations],
        "trials": [dict(item) for item in value.trials],
    }


def reason(value: Reason) -> dict[str, Any]:
    """Return one part of a score."""
    return {
        "name": value.name,
        "points": round(value.points, 3),
        "text": value.text,
        "source": value.source,
        "as_of": value.as_of,
    }


def candidate(value: Candidate, place: int) -> dict[str, Any]:
    """Return one ranked row; the points of `reasons` add up to `score`."""
    return {
        "rank": place,
        **model(value.record, value.tag),
        "score": value.score,
        "reasons": [reason(part) for part in value.reasons],
        "not_first": value.not_first,
        "fit": fit(value.fit),
        "evidence": value.evidence,
        "family_evidence": dict(value.tag.evidence),
        "copies": value.copies,
        "band": value.band,
        "pick": value.pick,
        "why_family": value.why_family[0] if value.why_family else None,
    }


def similar(value: Similar, place: int) -> dict[str, Any]:
    """Return one model that is like another; the points of `reasons` add up to `score`."""
    return {
        "rank": place,
        **model(value.record, value.tag),
        "score": value.score,
        "reasons": [reason(part) for part in value.reasons],
    }


def recommendation(value: Recommendation) -> dict[str, Any]:
    """Return the answer to a question, ranked list included."""
    understood = value.understood
    return {
        "question": value.question,
        "task": understood.task.task_id,
        "languages": list(understood.languages),
        "source_language": understood.source_language,
        "target_language": understood.target_language,
        "topics": list(understood.topics),
        "words": list(understood.words),
        "subjects": list(understood.subjects),
        "alternatives": list(understood.alternatives),
        "probability": understood.probability and round(understood.probability, 2),
        "unread": list(understood.unread),
        "likened": understood.likened,
        "wishes": {name: wish for name, wish in understood.wishes._asdict().items() if wish},
        "families": [str(name) for name in understood.task.families],
        "why_this_family": understood.task.why,
        "hardware": hardware(value.hardware),
        "considered": value.considered,
        "left_out": dict(value.left_out),
        "unknown": dict(value.unknown),
        "without": dict(value.without),
        "as_of": value.as_of,
        "notes": list(value.notes),
        "elsewhere": [
            {"model_id": one.model_id, "needed_bytes": one.needed_bytes, "ways": [way._asdict() for way in one.ways]}
            for one in value.elsewhere
        ],
        "candidates": [
            {**candidate(item, place), "tied": place > 1 and item.band == value.candidates[place - 2].band}
            for place, item in enumerate(value.candidates, 1)
        ],
    }


def task(value: Task, number: int) -> dict[str, Any]:
    """Return one Hub task."""
    return {
        "id": value.task_id,
        "name": value.name,
        "name_ja": value.name_ja,
        "category": value.category,
        "families": [str(name) for name in value.families],
        "why": value.why,
        "why_ja": value.why_ja,
        "auto_class": value.auto_class,
        "input_kind": value.input_kind,
        "trial": value.trial,
        "models": number,
    }


def trial(value: TrialResult) -> dict[str, Any]:
    """Return one trial: `output`, `status` and the measures."""
    import dataclasses  # noqa: PLC0415

    return {**dataclasses.asdict(value), "status": str(value.status), "warnings": list(value.warnings)}


def optimize(value: OptimizeReport) -> dict[str, Any]:
    """Return what putting a catalogue in order did."""
    import dataclasses  # noqa: PLC0415

    return dataclasses.asdict(value)


def plain(value: Any) -> dict[str, Any]:
    """Return a report as it is."""
    import dataclasses  # noqa: PLC0415

    return dataclasses.asdict(value)


def crawl(value: CrawlReport) -> dict[str, Any]:
    """Return what a crawl did."""
    import dataclasses  # noqa: PLC0415

    return {**dataclasses.asdict(value), "seconds": round(value.seconds, 2)}
