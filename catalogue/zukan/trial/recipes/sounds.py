"""Sounds as numbers: WAV files read and written without any package, other rates made the model's, a melody.

Python's own `wave` reads neither floating-point nor extensible files, which most programs write today.
"""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zukan.trial.failures import Failure

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_OTHER_CODES = {2: "ADPCM", 6: "A-law", 7: "mu-law", 17: "ADPCM", 85: "MP3"}
_LOWPASS_WIDTH, _ROLL_OFF = 16, 0.95
_NOTES = (262, 294, 330, 349, 392, 440, 494, 523)
_NOTE_SECONDS = 0.25


@dataclass(frozen=True)
class Sound:
    """One channel of samples between -1 and 1."""

    samples: Any
    """A numpy array of float32."""
    rate: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate


def read_wav(name: str) -> Sound:
    """Return the sound of a WAV file: 8 to 32 bit or floating point, its channels mixed to one.

    Raises:
        Failure: It is damaged, empty, or its samples are compressed.

    """
    path = Path(name)
    content = path.read_bytes()
    chunks = _chunks(content)
    layout = chunks.get(b"fmt ", b"")
    if len(layout) < 16 or b"data" not in chunks:
        raise Failure("unusable-input", f"{path.name} is a damaged WAV file")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", layout)
    if code == _EXTENSIBLE and len(layout) >= 26:
        (code,) = struct.unpack_from("<H", layout, 24)
    if code not in (_PCM, _FLOAT) or not channels or not 1000 <= rate <= 768_000:
        kind = _OTHER_CODES.get(code, str(code))
        raise Failure("unusable-input", f"{path.name} holds compressed or odd sound ({kind}): save it as plain PCM WAV")
    samples = _samples(chunks[b"data"], code, bits, path.name)
    frames = samples[: len(samples) // channels * channels].reshape(-1, channels)
    if not len(frames):
        raise Failure("unusable-input", f"{path.name} holds no sound")
    return Sound(np.nan_to_num(frames.mean(axis=1, dtype=np.float32)), rate)


def resample(sound: Sound, rate: int) -> Sound:
    """Return the sound at another rate: a windowed sinc that lets no frequency fold over (as torchaudio does it)."""
    if sound.rate == rate:
        return sound
    common = math.gcd(sound.rate, rate)
    before, after = sound.rate // common, rate // common
    base = min(before, after) * _ROLL_OFF
    width = math.ceil(_LOWPASS_WIDTH * before / base)
    index = torch.arange(-width, width + before, dtype=torch.float64)[None] / before
    time = (torch.arange(0, -after, -1, dtype=torch.float64)[:, None] / after + index) * base
    time = time.clamp(-_LOWPASS_WIDTH, _LOWPASS_WIDTH)
    window = torch.cos(time * math.pi / _LOWPASS_WIDTH / 2) ** 2
    kernel = (torch.special.sinc(time) * window * (base / before)).float()[:, None]
    padded = torch.nn.functional.pad(torch.from_numpy(sound.samples)[None, None], (width, width + before))
    made = torch.nn.functional.conv1d(padded, kernel, stride=before)[0].T.reshape(-1)
    length = math.ceil(len(sound.samples) * after / before)
    return Sound(made[:length].numpy(), rate)


def melody(rate: int) -> Sound:
    """Return two seconds of a scale, each note fading: what is heard where no sound is given."""
    time = np.arange(int(rate * _NOTE_SECONDS)) / rate
    fade = np.exp(-6 * time)
    notes = [np.sin(2 * math.pi * note * time) * fade * 0.5 for note in _NOTES]
    return Sound(np.concatenate(notes).astype(np.float32), rate)


def write_wav(path: Path, samples: Any, rate: int) -> None:
    """Write samples (length, or channels x length) as 16-bit PCM; louder than 1 is made 1.

    Raises:
        Failure: The file cannot be written.

    """
    channels = samples.T if samples.ndim == 2 else samples[:, None]
    peak = max(float(np.abs(channels).max()), 1.0)
    numbers = np.round(channels / peak * 32767).astype("<i2")
    try:
        with path.open("wb") as file, wave.open(file, "wb") as writer:
            writer.setnchannels(numbers.shape[1])
            writer.setsampwidth(2)
            writer.setframerate(rate)
            writer.writeframes(numbers.tobytes())
    except OSError as error:
        raise Failure("unusable-input", f"{path} cannot be written: {error.strerror or error}") from error


def _chunks(content: bytes) -> dict[bytes, bytes]:
    """Return the parts of a RIFF file; the last one may be longer by its own word than the file is (a stream)."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, position)
        chunks.setdefault(name, content[position + 8 : position + 8 + size])
        position += 8 + size + size % 2
    return chunks


def _samples(data: bytes, code: int, bits: int, name: str) -> Any:
    size = bits // 8
    if (code, bits) not in ((_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)):
        raise Failure("unusable-input", f"{name} has samples of {bits} bits, which is not read: save it with 16 bits")
    data = data[: len(data) // size * size]
    if code == _FLOAT:
        return np.frombuffer(data, f"<f{size}").astype(np.float32)
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    if bits == 24:
        threes = np.frombuffer(data, np.uint8).reshape(-1, 3)
        wide = np.zeros((len(threes), 4), np.uint8)
        wide[:, 1:] = threes
        return wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    return np.frombuffer(data, f"<i{size}").astype(np.float32) / 2 ** (bits - 1)
