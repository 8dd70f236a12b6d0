"""Fetches the row of one model: `GET /api/models/{id}`, with the fields that a listing asks for."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from zukan.errors import HubRefused
from zukan.hub.address import endpoint
from zukan.hub.client import Answer, Fault, HubClient
from zukan.hub.listing import FIELDS

_ATTEMPTS = 3


def model_url(model_id: str) -> str:
    """Return the address of a model's row."""
    return f"{endpoint()}/api/models/{quote(model_id)}?{'&'.join(f'expand[]={name}' for name in FIELDS)}"


def readable(answer: Answer) -> Answer:
    """Let answers pass that mean something, and a broken one be a fault."""
    if answer.status == 200:
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Fault("not JSON", HubRefused(answer.status, "the answer is not JSON"))
    return answer


def fetch_model(client: HubClient, model_id: str) -> dict[str, Any]:
    """Return the row of a model, following renames; `{}` where the Hub does not show it.

    Raises:
        HubError: The Hub cannot be reached, or cannot show this one.

    """
    answer = client.get(lambda: model_url(model_id), readable, attempts=_ATTEMPTS)
    return dict(json.loads(answer.body)) if answer.status == 200 else {}
