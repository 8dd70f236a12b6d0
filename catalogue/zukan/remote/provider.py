"""Finds out who serves a model, and for which task, before anything of the user's is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from zukan.errors import HubRefused, HubUnreachable, ModelNotFound, NotServed, UnknownProvider
from zukan.hub.address import endpoint
from zukan.hub.client import HubClient
from zukan.schema import ModelRecord
from zukan.serving import provider_mapping

CONVERSATIONAL = "conversational"
"""What providers call a chat; text-generation is going on with a text."""
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Served:
    """What the Hub says of a model and a provider."""

    provider: str
    """`auto` where the router chooses: it does so for chats only."""
    providers: tuple[str, ...]
    """Who serves it live, whoever is asked."""
    provider_task: str | None
    """What the provider serves it for; None = the Hub does not say."""
    pipeline_tag: str | None
    mask_token: str | None


def tasks_of(provider: str) -> tuple[str, ...]:
    """Return what this huggingface_hub can ask a provider for.

    Raises:
        UnknownProvider: It knows no such provider.

    """
    from huggingface_hub.inference._providers import PROVIDERS  # noqa: PLC0415 (there is no public list)

    if provider == AUTO:
        return (CONVERSATIONAL,)
    if provider not in PROVIDERS:
        near = get_close_matches(provider, (AUTO, *PROVIDERS), n=3, cutoff=0.5)
        raise UnknownProvider(provider, near or (AUTO, *sorted(PROVIDERS)))
    return tuple(PROVIDERS[provider])


def look_up(model: str, provider: str, record: ModelRecord | None) -> Served:
    """Return who serves a model.

    Raises:
        NotServed: This provider does not, or no provider does.
        ModelNotFound: The Hub has no such model.
        HubError: It does not say.

    """
    row = _row(model)
    mapping = provider_mapping(row.get("inferenceProviderMapping"))
    live = tuple(name for name, one in mapping.items() if one.get("status") == "live")
    tag = row.get("pipeline_tag") or (record.pipeline_tag if record is not None else None)
    mask = row.get("mask_token") or (record.mask_token if record is not None else None)
    if provider == AUTO:
        if not live:
            raise NotServed(model, "no provider serves it", place=provider)
        chats = any(mapping[name].get("task") == CONVERSATIONAL for name in live)
        chosen = AUTO if chats else live[0]
        task = CONVERSATIONAL if chats else mapping[live[0]].get("task")
        return Served(chosen, live, task, tag, mask)
    if mapping and provider not in mapping:
        raise NotServed(model, "the Hub does not list it there", place=provider, served=live)
    return Served(provider, live, mapping.get(provider, {}).get("task"), tag, mask)


def _row(model: str) -> Mapping[str, Any]:
    """Return what the Hub says of a model: who serves it, its task, its mask."""
    import json  # noqa: PLC0415
    from urllib.parse import quote  # noqa: PLC0415

    fields = "&".join(f"expand[]={name}" for name in ("inferenceProviderMapping", "mask_token", "pipeline_tag"))
    address = f"{endpoint()}/api/models/{quote(model)}?{fields}"

    def read(answer: Any) -> Mapping[str, Any]:
        if answer.status in (401, 403, 404):
            raise ModelNotFound(model)
        if answer.status != 200:
            raise HubRefused(answer.status, answer.message())
        found = json.loads(answer.body)
        if not isinstance(found, dict):
            raise HubUnreachable(endpoint(), "an answer that is no model")
        return found

    try:
        return HubClient(timeout_seconds=15.0, attempts=2).get(lambda: address, read)
    except (ValueError, RecursionError) as error:
        raise HubUnreachable(endpoint(), "an answer that is no JSON") from error
