"""Tells which task a diffusion pipeline is for by the name of its class."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from zukan.lazily import lazily

_PIPELINES: tuple[tuple[re.Pattern[str], str], ...] = (
    (lazily(r"(ImageToVideo|StableVideoDiffusion|I2VGen)"), "image-to-video"),
    (lazily(r"(Video|AnimateDiff|CogVideo|WanPipeline|LTXPipeline)"), "text-to-video"),
    (lazily(r"(Img2Img|Inpaint|InstructPix2Pix|Upscale|ImageVariation|Edit)"), "image-to-image"),
    (lazily(r"(Audio|Music)"), "text-to-audio"),
    (lazily(r"^(DDPM|DDIM|PNDM|ScoreSde|LDMPipeline|KarrasVe|Consistency)"), "unconditional-image-generation"),
    (lazily(r"Pipeline$"), "text-to-image"),
)
_TAG = "diffusers:"


def task_of_pipeline(tags: Iterable[str]) -> str | None:
    """Return the task of the pipeline that a model's tags name, `diffusers:LTXPipeline`; None where none does."""
    return next((task_of_class(tag[len(_TAG) :]) for tag in tags if tag.startswith(_TAG)), None)


@lru_cache(maxsize=1_000)
def task_of_class(name: str) -> str | None:
    """Return the task of a pipeline by its class, None where its name says none."""
    return next((task for pattern, task in _PIPELINES if pattern.search(name)), None)
