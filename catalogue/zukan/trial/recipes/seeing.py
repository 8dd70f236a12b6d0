"""Opens the picture of a trial, or draws one, and writes maps of numbers as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Loaded

MOST_DOTS = 100_000_000
"""A hundred megapixels: 300 MB as bytes, a gigabyte as the numbers that a model takes."""
DRAWN = "drawn by zukan: a house and a tree under the sun"
_SIZE = (320, 240)


def open_picture(name: str | None) -> Any:
    """Return a picture as RGB, upright, on white where it is transparent; without a name, one that is drawn.

    Raises:
        Failure: Pillow cannot read it, or it is too large.

    """
    if name is None:
        return draw()
    Image.MAX_IMAGE_PIXELS = None  # Its own limit is a warning first; ours is a sentence.
    try:
        with Image.open(name) as opened:
            if opened.width * opened.height > MOST_DOTS:
                most = MOST_DOTS // 10**6
                size = f"{opened.width} x {opened.height}"
                raise Failure("unusable-input", f"the picture has {size} dots, and at most {most} million are read")
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except UnidentifiedImageError as error:
        raise Failure("unusable-input", f"Pillow cannot read the picture {Path(name).name}") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Failure("unusable-input", f"the picture {Path(name).name} is damaged: {error}") from error
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")


def draw() -> Any:
    """Return a small picture: a house and a tree under the sun."""
    picture = Image.new("RGB", _SIZE, (150, 200, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 170, 320, 240), fill=(90, 160, 70))
    pen.ellipse((250, 15, 300, 65), fill=(255, 215, 60))
    pen.rectangle((60, 110, 160, 200), fill=(225, 205, 170))
    pen.polygon(((50, 110), (110, 60), (170, 110)), fill=(170, 60, 45))
    pen.rectangle((98, 150, 124, 200), fill=(110, 70, 40))
    pen.rectangle((70, 125, 90, 145), fill=(120, 170, 210))
    pen.rectangle((225, 140, 240, 205), fill=(110, 75, 45))
    pen.ellipse((195, 80, 270, 155), fill=(50, 120, 50))
    return picture


def asked(loaded: Loaded, picture: Any, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what was asked: which picture, how large it is, and how large the model sees it."""
    known: dict[str, Any] = {"file": loaded.job.file or DRAWN, "size": f"{picture.width} x {picture.height}"}
    dots = (inputs or {}).get("pixel_values")
    if isinstance(dots, torch.Tensor) and dots.ndim >= 4 and dots.shape[-1] > 4:
        known["seen"] = f"{dots.shape[-1]} x {dots.shape[-2]}"
    if loaded.job.file is None:
        loaded.warn("no picture was given: one was drawn, which no model was trained on")
    return known


def paint(loaded: Loaded, numbers: torch.Tensor, *, colours: bool) -> None:
    """Write a map of numbers, height x width, as a PNG to where the job says: in colours, or in grey from 0 to 1.

    Raises:
        Failure: It cannot be written.

    """
    if loaded.job.output is None:
        return
    if colours:
        picture = Image.fromarray(numbers.to(torch.uint8).cpu().numpy(), mode="P")
        # A colour for each number, far from its neighbours'; none for what is nothing.
        picture.putpalette([part * factor % 256 for part in range(256) for factor in (67, 149, 211)])
    else:
        picture = Image.fromarray((numbers.clamp(0, 1) * 255).to(torch.uint8).cpu().numpy(), mode="L")
    try:
        picture.save(loaded.job.output, format="PNG")
    except OSError as error:
        raise Failure("unusable-input", f"{loaded.job.output} cannot be written: {error.strerror or error}") from error
