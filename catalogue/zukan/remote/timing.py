"""How much of a round trip was the way there: by what the server says of its own time, or by a small request."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from zukan.remote.wire import Watch

_DURATION = re.compile(r"dur=([0-9.]+)")
_HEADERS = (
    # Hugging Face's inference service, seconds; TGI and OpenAI, milliseconds.
    ("x-compute-time", 1.0),
    ("x-total-time", 1e-3),
    ("openai-processing-ms", 1e-3),
)


@dataclass(frozen=True, slots=True)
class Way:
    """The seconds of the way there and back; None = not known."""

    seconds: float | None
    basis: str
    compute_seconds: float | None


def network(watch: Watch, total: float, streamed: bool, round_trip: float | None) -> Way:
    """Return what is known of the way.

    Args:
        watch: What the last exchange said.
        total: Seconds of the whole.
        streamed: Whether the headers came before the answer was made, so that they cannot tell how long that took.
        round_trip: Of a small request to the same server.

    """
    stated = None if streamed else _stated(watch)
    if stated is not None and stated[1] <= total:
        return Way(total - stated[1], f"the round trip less {stated[0]}", stated[1])
    if round_trip is not None and round_trip <= total:
        return Way(round_trip, "the round trip of a small request", None)
    return Way(None, "", None)


def _stated(watch: Watch) -> tuple[str, float] | None:
    """Return the header by which a server tells its own time, and the seconds."""
    for name, unit in _HEADERS:
        if (seconds := _number(watch.headers.get(name))) is not None:
            return name, seconds * unit
    spent = [_number(text) or 0.0 for text in _DURATION.findall(watch.headers.get("server-timing", ""))]
    return ("server-timing", max(spent) * 1e-3) if spent and max(spent) > 0 else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
