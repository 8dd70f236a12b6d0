"""What is where in a picture: objects in boxes, areas with labels, near and far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head, feed
from zukan.trial.recipes.seeing import asked, open_picture, paint

_LEAST_SCORE = 0.5
_ROWS, _COLUMNS = ("top", "middle", "bottom"), ("left", "centre", "right")


def object_detection(loaded: Loaded) -> Callable[[], Answer]:
    """Return the objects with their boxes, in the picture's own dots."""
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = loaded.processor(images=[picture], return_tensors="pt")
    known = asked(loaded, picture, inputs)

    def run() -> Answer:
        outputs = feed(loaded, inputs)
        check_finite(outputs.logits)
        found = loaded.processor.post_process_object_detection(
            outputs, threshold=_LEAST_SCORE, target_sizes=[(picture.height, picture.width)]
        )[0]
        rows = [
            {"label": _name(loaded, label), "score": score, "box": [round(number) for number in box]}
            for score, label, box in zip(
                found["scores"].tolist(), found["labels"].tolist(), found["boxes"].tolist(), strict=True
            )
        ]
        rows.sort(key=lambda row: -float(row["score"]))
        if not rows:
            loaded.warn(f"nothing was found with a score of {_LEAST_SCORE} or more")
        return Answer(rows, _counted([str(row["label"]) for row in rows]) or None, known)

    return run


def image_segmentation(loaded: Loaded) -> Callable[[], Answer]:
    """Return the labelled areas of a picture, the largest first, with their share of it."""
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = loaded.processor(images=[picture], return_tensors="pt")
    known = asked(loaded, picture, inputs)
    painted = False

    def run() -> Answer:
        nonlocal painted
        outputs = feed(loaded, inputs)
        check_finite(outputs.logits if hasattr(outputs, "logits") else outputs.class_queries_logits)
        areas, rows = _areas(loaded, outputs, (picture.height, picture.width))
        for row in rows:
            row["area"] = round(float((areas == row.pop("number")).float().mean()), 4)
        rows = sorted((row for row in rows if row["area"] > 0), key=lambda row: -float(row["area"]))
        if not painted:
            paint(loaded, areas, colours=True)
            painted = True
        if not rows:
            loaded.warn("no area was found that has a label")
        return Answer(rows, ", ".join(str(row["label"]) for row in rows) or None, known)

    return run


def depth_estimation(loaded: Loaded) -> Callable[[], Answer]:
    """Return the range of the depth, and in which part of the picture its largest and smallest values lie."""
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = loaded.processor(images=picture, return_tensors="pt")
    known = asked(loaded, picture, inputs)
    painted = False

    def run() -> Answer:
        nonlocal painted
        outputs = feed(loaded, inputs)
        check_finite(outputs.predicted_depth)
        sizes = [(picture.height, picture.width)]
        depth = loaded.processor.post_process_depth_estimation(outputs, sizes)[0]["predicted_depth"].float()
        low, high = float(depth.min()), float(depth.max())
        if not painted:
            paint(loaded, (depth - low) / max(high - low, 1e-9), colours=False)
            painted = True
        parts = torch.nn.functional.adaptive_avg_pool2d(depth[None, None], (3, 3))[0, 0]
        output = {
            "smallest": low,
            "largest": high,
            "mean": float(depth.mean()),
            "smallest at": _place(int(parts.argmin())),
            "largest at": _place(int(parts.argmax())),
            "unit": _unit(loaded),
        }
        if high - low < 1e-6:
            loaded.warn("the depth is the same everywhere: the model sees nothing in this picture")
        return Answer(output, str(output["largest at"]), known)

    return run


def _areas(loaded: Loaded, outputs: Any, size: tuple[int, int]) -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """Return the number of each dot's area, and the areas with their numbers."""
    processor = loaded.processor
    for kind in ("panoptic", "instance"):
        if process := getattr(processor, f"post_process_{kind}_segmentation", None):
            found = process(outputs, target_sizes=[size])[0]
            rows = [
                {"label": _name(loaded, part["label_id"]), "score": float(part["score"]), "number": part["id"]}
                for part in found["segments_info"]
            ]
            return found["segmentation"], rows
    if not hasattr(processor, "post_process_semantic_segmentation"):
        raise Failure("wrong-task", "its processor makes no areas of what the model computes")
    areas = processor.post_process_semantic_segmentation(outputs, target_sizes=[size])[0]
    return areas, [{"label": _name(loaded, number), "number": number} for number in areas.unique().tolist()]


def _name(loaded: Loaded, number: int) -> str:
    return str(loaded.config.id2label.get(number, number))


def _counted(labels: list[str]) -> str:
    return ", ".join(f"{count} x {label}" if count > 1 else label for label, count in Counter(labels).items())


def _place(number: int) -> str:
    row, column = divmod(number, 3)
    return f"{_ROWS[row]} {_COLUMNS[column]}"


def _unit(loaded: Loaded) -> str:
    """Tell what the numbers mean, where the configuration says it: metres, or only the order of things."""
    config = loaded.config
    stated = getattr(config, "depth_estimation_type", None)
    if stated == "metric" or config.model_type in ("glpn", "zoedepth", "depth_pro"):
        return "metres"
    return "relative" if stated == "relative" else "not stated"
