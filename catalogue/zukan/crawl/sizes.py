"""Reads how large models are from the head of their safetensors file, where the catalogue does not know it.

One request for each model; two where it has several files. What is read is stored with its date, and counts until the
repository changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from zukan.crawl.session import now
from zukan.errors import GatedModel, HubError, HubUnreachable, ModelNotFound, RateLimited, StoreError
from zukan.hub.client import HubClient
from zukan.hub.weights import HEAD_BYTES, INDEX, MOST_HEADER_BYTES, MOST_INDEX_BYTES, ONE_FILE, fetch_range
from zukan.ingest import take_page
from zukan.reading.safetensors_header import Header, header_bytes, read_header
from zukan.records import integer, mapping
from zukan.settle import settle
from zukan.store.cards import identity
from zukan.store.write import CatalogueWriter

TIMEOUT_SECONDS = 4.0
_START = 8
"""Bytes before the header: they say how long it is."""
_REVISION = "main"
_MOST = 2**60


class Asked(NamedTuple):
    """What came of asking for sizes."""

    measured: tuple[str, ...] = ()
    """Models whose size was read and stored."""
    silent: tuple[str, ...] = ()
    """Models that have no such file, or whose file cannot be read."""
    gated: tuple[str, ...] = ()
    problem: str | None = None
    """Why no more were asked: the Hub cannot be reached, it wants us to wait, or nothing can be stored."""


def measure_sizes(path: Path, model_ids: Sequence[str]) -> Asked:
    """Ask the Hub how large some models are, and store it; what goes wrong is said and never raised.

    Args:
        path: The catalogue.
        model_ids: Present ids of the catalogue.

    """
    client = HubClient(timeout_seconds=TIMEOUT_SECONDS, attempts=1)
    found: dict[str, dict[str, Any]] = {}
    silent: list[str] = []
    gated: list[str] = []
    problem = None
    for model_id in model_ids:
        try:
            found[model_id] = _weights(client, model_id)
        except GatedModel:
            gated.append(model_id)
        except (HubUnreachable, RateLimited) as error:
            problem = _problem(error)
            break
        except (HubError, ModelNotFound, ValueError):
            silent.append(model_id)
    try:
        _store(path, found)
    except StoreError:
        return Asked((), tuple(silent), tuple(gated), "the catalogue cannot be written")
    return Asked(tuple(found), tuple(silent), tuple(gated), problem)


def _problem(error: HubUnreachable | RateLimited) -> str:
    if isinstance(error, RateLimited):
        return "the Hub asks to wait"
    return "offline mode is on (HF_HUB_OFFLINE)" if error.offline else "the Hub cannot be reached"


def _weights(client: HubClient, model_id: str) -> dict[str, Any]:
    """Return what the catalogue keeps of a model's weights.

    Raises:
        ValueError: It has no safetensors file, or one that cannot be read.
        HubError: The Hub cannot be asked.

    """
    header = _header(client, model_id, ONE_FILE)
    if header is not None:
        return _kept(header.parameters.total(), header.data_bytes, "safetensors")
    index = fetch_range(client, model_id, _REVISION, INDEX, 0, MOST_INDEX_BYTES - 1)
    if index is None:
        raise ValueError("no safetensors file")
    total, parameters, names = _indexed(index.body)
    if parameters is None:
        # An older index tells the bytes only; one of the files tells how many of them a parameter takes.
        header = _header(client, model_id, names[0]) if names else None
        if header is None or not header.data_bytes:
            raise ValueError("no file of its index")
        parameters = round(total * header.parameters.total() / header.data_bytes)
        return _kept(parameters, total, "one of its safetensors files")
    return _kept(parameters, total, "safetensors")


def _kept(parameters: int, size: int, of: str) -> dict[str, Any]:
    if parameters <= 0 or size <= 0:
        raise ValueError("no parameters")
    return {"parameters": parameters, "bytes": size, "of": of, "date": now()[:10]}


def _header(client: HubClient, model_id: str, name: str) -> Header | None:
    """Return the header of a file, None where there is none: one request, a second one for a long header.

    Raises:
        ValueError: It is no safetensors file.
        HubError: The Hub cannot be asked.

    """
    piece = fetch_range(client, model_id, _REVISION, name, 0, HEAD_BYTES - 1)
    if piece is None:
        return None
    length = header_bytes(piece.body)
    if length > MOST_HEADER_BYTES:
        raise ValueError(f"a header of {length} bytes")
    text = piece.body[_START : _START + length]
    if len(text) < length:
        rest = fetch_range(client, model_id, _REVISION, name, len(piece.body), _START + length - 1)
        text += rest.body if rest else b""
    if len(text) < length:
        raise ValueError("its header ends too early")
    return read_header(text)


def _indexed(text: bytes) -> tuple[int, int | None, list[str]]:
    """Return (bytes in all, parameters in all if it says so, names of files) of an index.

    Raises:
        ValueError: It makes no sense.

    """
    try:
        index = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    facts, places = mapping(mapping(index).get("metadata")), mapping(mapping(index).get("weight_map"))
    total, stated = integer(facts.get("total_size")), integer(facts.get("total_parameters"))
    if total is None or not 0 < total < _MOST:
        raise ValueError("no total size")
    names = sorted({name for name in places.values() if isinstance(name, str)})
    return total, stated if stated and 0 < stated < _MOST else None, names


def _store(path: Path, found: dict[str, dict[str, Any]]) -> None:
    if not found:
        return
    with CatalogueWriter(path) as writer:
        with writer.transaction():
            rows = [
                {**json.loads(identity(writer, model_id)), "_weights": weights} for model_id, weights in found.items()
            ]
            taken = take_page(writer, rows, asked=frozenset({"_weights"}), crawled_at=now(), partial=True)
        settle(writer, taken.ids)
