"""Keeps trial results in the catalogue."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from zukan.outcomes import TrialResult
from zukan.store.write import CatalogueWriter


def store_trial(path: Path, result: TrialResult) -> None:
    """Append one trial; nothing is ever overwritten.

    Raises:
        StoreError: The catalogue cannot be written.

    """
    values = dataclasses.asdict(result)
    with CatalogueWriter(path) as writer, writer.transaction():
        found = writer.find(None, result.model_id)
        writer.connection.execute(
            "INSERT INTO trial (model_id, hub_id, sha, task, status, started_at, result) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                result.model_id,
                found.hub_id if found else None,
                result.sha,
                result.task,
                str(result.status),
                result.started_at or "",
                json.dumps(values, ensure_ascii=False, default=str),
            ),
        )
