"""A whole picture: its label, the user's label that suits it best, its vector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.classifying import own_labels, trained_labels
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head, feed, ranked
from zukan.trial.recipes.seeing import asked, open_picture

_HYPOTHESIS = "This is a photo of {}."
_SHOWN_VALUES = 8


def image_classification(loaded: Loaded) -> Callable[[], Answer]:
    """Return the labels of a picture with their scores."""
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = loaded.processor(images=picture, return_tensors="pt")
    known = asked(loaded, picture, inputs)

    def run() -> Answer:
        labels = trained_labels(loaded, feed(loaded, inputs).logits[0])
        return Answer(labels, labels[0]["label"], known)

    return run


def zero_shot_image(loaded: Loaded) -> Callable[[], Answer]:
    """Score the user's labels by how well "This is a photo of <label>." suits the picture."""
    check_head(loaded)
    labels = own_labels(loaded)
    picture = open_picture(loaded.job.file)
    # SigLIP was trained on texts of one length, and each of its labels is judged on its own.
    sigmoid = "siglip" in loaded.config.model_type
    padding: dict[str, Any] = (
        {"padding": "max_length", "max_length": 64, "truncation": True} if sigmoid else {"padding": True}
    )
    texts = loaded.tokenizer([_HYPOTHESIS.format(label) for label in labels], return_tensors="pt", **padding)
    inputs = {**texts, **loaded.processor(images=picture, return_tensors="pt")}
    known = {**asked(loaded, picture, inputs), "labels": labels}

    def run() -> Answer:
        logits = check_finite(feed(loaded, inputs).logits_per_image[0])
        scores = logits.sigmoid() if sigmoid else logits.softmax(-1)
        output = ranked(scores, dict(enumerate(labels)), len(labels))
        return Answer(output, output[0]["label"], known)

    return run


def image_features(loaded: Loaded) -> Callable[[], Answer]:
    """Return a picture's vector, or how similar other pictures are to it."""
    names = [name for name in loaded.job.compare_with if name.strip()]
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    pictures = [picture, *(open_picture(name) for name in names)]
    inputs = [loaded.processor(images=each, return_tensors="pt") for each in pictures]
    known = asked(loaded, picture, inputs[0])

    def show() -> Answer:
        vector, kind = _vector(loaded, feed(loaded, inputs[0]))
        values = [round(value, 6) for value in vector[:_SHOWN_VALUES].tolist()]
        output = {"dimension": len(vector), "norm": float(vector.norm()), "values": values}
        shown = ", ".join(f"{value:.3f}" for value in values[:3])
        return Answer(output, f"{len(vector)} numbers: {shown} …", {**known, "vector": kind})

    def compare() -> Answer:
        vectors = torch.stack([_vector(loaded, feed(loaded, each))[0] for each in inputs])
        normed = torch.nn.functional.normalize(vectors, dim=-1)
        scores = (normed[1:] @ normed[0]).tolist()
        rows = [{"label": Path(name).name, "score": score} for name, score in zip(names, scores, strict=True)]
        rows.sort(key=lambda row: -float(str(row["score"])))
        return Answer(rows, str(rows[0]["label"]), {**known, "compare_with": names})

    return compare if names else show


def _vector(loaded: Loaded, output: Any) -> tuple[torch.Tensor, str]:
    """Return one vector for the whole picture, and what it is: pooled by the model, its class token, or the mean."""
    pooled = getattr(output, "pooler_output", None)
    if pooled is not None and not any("pooler" in name for name in loaded.missing_keys):
        return check_finite(pooled[0].flatten()), "pooled"
    states = getattr(output, "last_hidden_state", None)
    if states is None:
        raise Failure("wrong-task", "the model gives no vectors of its patches")
    if states.ndim == 4:
        # Channels first, as convolutions have them.
        return check_finite(states[0].flatten(1).mean(1)), "mean"
    if any(name.endswith("cls_token") for name, _ in loaded.model.named_parameters()):
        return check_finite(states[0, 0]), "class token"
    return check_finite(states[0].mean(0)), "mean"
