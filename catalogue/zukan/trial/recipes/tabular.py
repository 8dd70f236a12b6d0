"""A question asked of a table: the cells that answer it, counted or added up where the question asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head


def table_question(loaded: Loaded) -> Callable[[], Answer]:
    """Return the answer, with the cells that it stands on and what was done with them."""
    check_head(loaded)
    values = loaded.job.table or {}
    frame = pd.DataFrame(values.get("rows") or [], columns=values.get("columns") or [], dtype=str)
    question = loaded.job.text
    encoded = _encode(loaded, frame, question)
    labels = getattr(loaded.config, "aggregation_labels", None) or {}
    inputs = loaded.to_device(encoded)
    known = {"text": question, "table": f"{len(frame)} x {len(frame.columns)}", "columns": list(frame.columns)}

    def run() -> Answer:
        with torch.inference_mode():
            outputs = loaded.model(**inputs)
        check_finite(outputs.logits)
        scores = [outputs.logits.cpu()]
        if getattr(outputs, "logits_aggregation", None) is not None:
            scores.append(outputs.logits_aggregation.cpu())
        found = loaded.tokenizer.convert_logits_to_predictions(encoded.to("cpu"), *scores)
        cells = [str(frame.iat[row, column]) for row, column in found[0][0]]
        done = str(labels.get(int(found[1][0]), "NONE")) if len(found) > 1 else "NONE"
        answer = _put_together(cells, done)
        if not cells:
            loaded.warn("the model found no cell of the table that answers")
        output = {"answer": answer, "cells": cells, "coordinates": [list(place) for place in found[0][0]]}
        return Answer({**output, "aggregation": done}, answer, known)

    return run


def _encode(loaded: Loaded, frame: Any, question: str) -> Any:
    if frame.empty:
        raise Failure("unusable-input", "the table has no rows below its column names")
    try:
        encoded = loaded.tokenizer(
            frame, question, return_tensors="pt", truncation="drop_rows_to_fit", max_length=loaded.limit()
        )
    except ValueError as error:
        raise Failure("unusable-input", f"the table does not fit the model: {error}") from error
    # The third of TAPAS's type ids is the row, counted from one.
    kept = int(encoded["token_type_ids"][0, :, 2].max())
    if kept < len(frame):
        loaded.warn(f"the table has {len(frame)} rows and the model reads {kept} of them: the rest was left out")
    return encoded


def _put_together(cells: list[str], done: str) -> str | None:
    """Count, add up or average the cells; where they are no numbers, name what was to be done with them."""
    if not cells:
        return None
    if done == "COUNT":
        return str(len(cells))
    if done in ("SUM", "AVERAGE"):
        try:
            total = sum(float(cell.replace(",", "")) for cell in cells)
        except ValueError:
            return f"{done}({', '.join(cells)})"
        return f"{total if done == 'SUM' else total / len(cells):g}"
    return ", ".join(cells)
