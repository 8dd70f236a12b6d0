"""Embeds the same texts with the product's recipe and with sentence-transformers, in one process.

    python tests/trial/embed_both.py < jobs.json > differences.json

A job is `{"job": a zukan.trial.job.Job as a dictionary, "texts": […]}`; the answer is the largest difference of any
number of any vector, and the largest number.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from zukan.trial import recipes
from zukan.trial.recipes.embedding import make_encoder


def compare(job: dict[str, Any], texts: list[str]) -> dict[str, float]:
    """Embed texts twice."""
    ours = make_encoder(recipes.load(job)).encode(texts).numpy()
    theirs = SentenceTransformer(job["folder"], device="cpu").encode(texts, batch_size=1)
    if ours.shape != theirs.shape:
        raise ValueError(f"{ours.shape} and {theirs.shape}")
    return {"difference": float(np.abs(ours - theirs).max()), "largest": float(np.abs(theirs).max())}


if __name__ == "__main__":
    torch.set_num_threads(1)
    answers = [compare(**question) for question in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
