"""The pictures, sounds and tables that the stand-ins beyond text learn and are asked: numpy alone makes them."""

from __future__ import annotations

import math
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
COLOURS = {"red": (220, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 220)}
SIDE = 32
TONES = {"a": 400, "e": 800, "o": 1600, "i": 3200}
"""Hertz for each letter of the language that the recognisers know."""
LETTER_SECONDS = 0.1
WORDS = ("aeo", "oai", "iea", "oie", "aoe", "eia")
"""What they learn to write: the same tones in another order are another word."""
SPOKEN = {"high": 2000, "low": 500}
"""Hertz for each word that the speaker knows: a whole number of waves in each of its frames."""
FRAME = 64


def patch(colour: str, seed: int, side: int = SIDE) -> Any:
    """Return a noisy picture of one colour, height x width x 3 bytes."""
    noise = np.random.default_rng(seed).normal(0, 20, (side, side, 3))
    return (np.array(COLOURS[colour]) + noise).clip(0, 255).astype(np.uint8)


def square(colour: str, seed: int, side: int = SIDE) -> tuple[Any, tuple[float, float, float, float]]:
    """Return a square of a colour on grey, and where it is: centre x and y, width and height, all from 0 to 1."""
    random = np.random.default_rng(seed)
    size = int(random.integers(10, 14))
    # In one of the four quarters, never twice in quite the same place.
    left, top = (int(quarter) * side // 2 + int(random.integers(0, 3)) for quarter in random.integers(0, 2, 2))
    picture = np.full((side, side, 3), 128, np.uint8)
    picture[top : top + size, left : left + size] = COLOURS[colour]
    return picture, ((left + size / 2) / side, (top + size / 2) / side, size / side, size / side)


def tone(hertz: float, seconds: float, seed: int = 0) -> Any:
    """Return a tone with a little noise, float32."""
    random = np.random.default_rng(seed)
    time = np.arange(int(RATE * seconds)) / RATE
    samples = 0.5 * np.sin(2 * math.pi * hertz * time + random.uniform(0, 6)) + random.normal(0, 0.01, len(time))
    return samples.astype(np.float32)


def spoken(word: str, seed: int = 0) -> Any:
    """Return a word as tones, a short silence after each letter."""
    silence = np.zeros(int(RATE * LETTER_SECONDS / 2), np.float32)
    return np.concatenate([part for letter in word for part in (tone(TONES[letter], LETTER_SECONDS, seed), silence)])


def save_picture(path: Path, dots: Any) -> Path:
    """Write a picture as PNG."""
    from PIL import Image

    Image.fromarray(dots).save(path)
    return path


def save_sound(path: Path, samples: Any, rate: int = RATE) -> Path:
    """Write samples as a 16-bit WAV file."""
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


PEOPLE = ("Anna", "Ken", "Clara", "Wolfgang")
CITIES = ("Berlin", "Tokyo", "Rome", "Paris")
JOBS = ("doctor", "cook", "pilot", "singer")
TABLE_QUESTIONS = {"Where does {} live?": 1, "What is the job of {}?": 2}


def table(seed: int) -> list[list[str]]:
    """Return rows of name, city and job, in an order of their own: who does what where is always the same."""
    order = np.random.default_rng(seed).permutation(len(PEOPLE))
    return [[PEOPLE[number], CITIES[number], JOBS[number]] for number in order]


def write_input(what: str, folder: Path) -> Path:
    """Make a file that a stand-in is asked about; its name tells nothing of the answer.

    Args:
        what: `patch:COLOUR`, `square:COLOUR`, `land`, `corner:NUMBER`, `tone:HERTZ`, `word:LETTERS` or `table`.
        folder: Where to put it.

    """
    kind, _, value = what.partition(":")
    path = folder / f"input{len(list(folder.iterdir()))}"
    if kind == "table":
        path = path.with_suffix(".csv")
        rows = [["Name", "City", "Job"], *table(1_000)]
        path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
        return path
    if kind in ("tone", "word"):
        samples = tone(float(value), 0.5, 1_000) if kind == "tone" else spoken(value, 1_000)
        return save_sound(path.with_suffix(".wav"), samples)
    pictures = {
        "patch": lambda: patch(value.partition(":")[0], 1_000 + len(value)),
        "square": lambda: square(value, 1_000)[0],
        "land": lambda: landscape(1_000)[0],
        "corner": lambda: corner(int(value))[0],
    }
    return save_picture(path.with_suffix(".png"), pictures[kind]())


def landscape(seed: int) -> tuple[Any, Any]:
    """Return blue above green, and the number of what each dot is."""
    horizon = 8 + seed * 5 % 17
    ground = np.zeros((SIDE, SIDE), np.int64)
    ground[horizon:] = 1
    picture = np.where(ground[..., None] == 1, patch("green", seed), patch("blue", seed + 1))
    return picture.astype(np.uint8), ground


def corner(seed: int, side: int = SIDE) -> tuple[Any, Any]:
    """Return a dark picture with one bright quarter, and the depth of each dot in metres."""
    row, column = seed % 2, seed // 2 % 2
    light = np.zeros((side, side))
    half = side // 2
    light[row * half : row * half + half, column * half : column * half + half] = 1
    noise = np.random.default_rng(seed).normal(0, 8, (side, side, 3))
    picture = (40 + 180 * light[..., None] + noise).clip(0, 255).astype(np.uint8)
    return picture, 2 + 6 * light
