"""Asks a server that speaks OpenAI's protocol: vLLM, TGI, llama.cpp's server, `transformers serve`, Ollama.

Chats go through InferenceClient, which takes the address of any such server. What it has no method for is asked
over its session: the list of models (whose round trip tells how long the way is) and vectors: `feature_extraction`
speaks the Hub's own protocol to an address, `{"inputs": …}`, and none of these servers does at `/v1/embeddings`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from zukan.errors import AnswerUnreadable, NotServed
from zukan.outcomes import TrialRequest
from zukan.remote.address import Address
from zukan.remote.answers import RemoteAnswer, cosine, numbers_of, similarities, vector
from zukan.remote.wire import Watch

ASKED = ("text-generation", "image-text-to-text", "feature-extraction", "sentence-similarity")
"""The tasks that the protocol has something for."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that answered."""

    models: tuple[str, ...]
    """What it says it has; empty where it does not say."""
    round_trip_seconds: float | None
    """Of the list of models, over a connection that was open already."""


def reach(address: Address, watch: Watch) -> Reached:
    """Ask for the list of models, which opens the connection; then again, or for its health, which is the round trip.

    Raises:
        httpx2.HTTPError: There is no such server.

    """
    response = _get(address.url("/models"), address, watch)
    models: tuple[str, ...] = ()
    if not response.is_error:
        try:
            found = response.json()
            models = tuple(str(one["id"])[:200] for one in found["data"] if isinstance(one, dict) and one.get("id"))
        except (ValueError, KeyError, TypeError, RecursionError):
            models = ()
    # What lists its models may be slow in it; all but Ollama have /health beside /v1.
    for url in (f"{address.base.removesuffix('/v1')}/health", address.url("/models")):
        started = time.monotonic()
        again = _get(url, address, watch)
        if not again.is_error:
            return Reached(models, time.monotonic() - started)
    return Reached(models, None)


def embed(address: Address, request: TrialRequest, model: str, watch: Watch) -> RemoteAnswer:
    """Return the vector of a text, or how similar others are to it.

    Raises:
        AnswerUnreadable: What came are no vectors.
        httpx2.HTTPError: The server does not answer.

    """
    others = [text for text in request.compare_with if text.strip()] if request.task == "sentence-similarity" else []
    response = _session().post(
        address.url("/embeddings"),
        json={"model": model, "input": [request.text, *others]},
        headers=_headers(address),
        timeout=watch.left(),
    )
    response.raise_for_status()
    found = response.json()
    rows = sorted(found["data"], key=lambda row: int(row.get("index", 0)))
    vectors = [row["embedding"] for row in rows]
    if len(vectors) != 1 + len(others):
        raise AnswerUnreadable("", "it holds another number of vectors than there were texts")
    asked = {"text": request.text}
    if not others:
        answer = vector(vectors[0], asked)
    else:
        first = numbers_of(vectors[0])
        answer = similarities([cosine(first, numbers_of(one)) for one in vectors[1:]], others, asked)
    named = found.get("model")
    return RemoteAnswer(
        answer.output, answer.answer, answer.input, model=named if isinstance(named, str) else None,
        warnings=answer.warnings,
    )  # fmt: skip


def not_found(request: TrialRequest, address: Address, reached: Reached, error: NotServed) -> NotServed:
    """Return a refusal with what the server has: whether it is the model or the address that is wrong."""
    return NotServed(request.model, error.detail, place=address.base, served=reached.models)


def _get(url: str, address: Address, watch: Watch) -> Any:
    return _session().get(url, headers=_headers(address), timeout=min(watch.left(), 30.0))


def _headers(address: Address) -> dict[str, str]:
    sent = {"accept-encoding": "identity", **address.headers()}
    return {name: value for name, value in sent.items() if value is not None}


def _session() -> Any:
    from huggingface_hub.utils import get_session  # noqa: PLC0415 (0.2 s)

    return get_session()
