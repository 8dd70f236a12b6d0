"""Asks the Hub how large the recommended models are where the catalogue does not know it, and ranks again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from zukan.advice import Recommendation
from zukan.crawl.sizes import measure_sizes

_ROUNDS = 3
"""What is ranked again may show others of unknown size."""
_MOST = 40
"""So many models are asked about at most."""


def with_sizes(path: Path, ask: Callable[[], Recommendation]) -> Recommendation:
    """Return a recommendation with sizes read from the head of the weights, as far as the Hub can be asked.

    Args:
        path: The catalogue; what is read is stored there.
        ask: Ranks the models.

    """
    answer = ask()
    asked: set[str] = set()
    measured = silent = 0
    problem = None
    for _ in range(_ROUNDS):
        wanted = [name for name in _unsized(answer) if name not in asked][: _MOST - len(asked)]
        if not wanted or problem:
            break
        came = measure_sizes(path, wanted)
        asked.update(wanted)
        measured += len(came.measured)
        silent += len(came.silent) + len(came.gated)
        problem = came.problem
        if came.measured:
            answer = ask()
    notes = list(answer.notes)
    if measured:
        notes.append(f"sizes read just now from the header of the weights: {measured}")
    if silent:
        notes.append(f"sizes that could not be read, for want of a safetensors file or of access: {silent}")
    if problem:
        notes.append(f"not all sizes could be asked for ({problem})")
    return answer._replace(notes=tuple(notes))


def _unsized(answer: Recommendation) -> list[str]:
    """Return the models whose weights nobody stated in bytes, and which no trial here has measured."""
    return [
        candidate.record.model_id
        for candidate in answer.candidates
        if candidate.record.weight_bytes is None and not candidate.fit.basis.startswith("measured")
    ]
