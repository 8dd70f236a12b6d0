"""Sounds heard: their label, the user's label that suits best, the words spoken."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import transformers

from zukan.languages import language_code
from zukan.trial.recipes.classifying import own_labels, trained_labels
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head, feed, ranked
from zukan.trial.recipes.sounds import Sound, melody, read_wav, resample

_MOST_SECONDS = 60.0
_MOST_SPEECH_SECONDS = 600.0
_CHUNK_SECONDS = 30.0
"""Attention grows with the square of the length: longer speech is read in overlapping pieces."""
_HYPOTHESIS = "This is a sound of {}."
_MADE = "made by zukan: a scale of eight notes"
_TOKENS_A_SECOND, _MOST_TOKENS = 8, 440


def audio_classification(loaded: Loaded) -> Callable[[], Answer]:
    """Return the labels of a sound with their scores."""
    check_head(loaded)
    sound = _hear(loaded, _MOST_SECONDS)
    _note_window(loaded, sound)
    inputs = _encoded(loaded, sound)
    known = _asked(loaded, sound)

    def run() -> Answer:
        labels = trained_labels(loaded, feed(loaded, inputs).logits[0])
        return Answer(labels, labels[0]["label"], known, sound_seconds=sound.seconds)

    return run


def zero_shot_audio(loaded: Loaded) -> Callable[[], Answer]:
    """Score the user's labels by how well "This is a sound of <label>." suits the sound."""
    check_head(loaded)
    labels = own_labels(loaded)
    sound = _hear(loaded, _MOST_SECONDS)
    _note_window(loaded, sound)
    texts = loaded.tokenizer([_HYPOTHESIS.format(label) for label in labels], return_tensors="pt", padding=True)
    inputs = {**texts, **_encoded(loaded, sound)}
    known = {**_asked(loaded, sound), "labels": labels}

    def run() -> Answer:
        logits = check_finite(feed(loaded, inputs).logits_per_audio[0])
        output = ranked(logits.softmax(-1), dict(enumerate(labels)), len(labels))
        return Answer(output, output[0]["label"], known, sound_seconds=sound.seconds)

    return run


def speech_recognition(loaded: Loaded) -> Callable[[], Answer]:
    """Return the words spoken."""
    check_head(loaded)
    sound = _hear(loaded, _MOST_SPEECH_SECONDS)
    if loaded.job.file is None:
        loaded.warn("no sound was given: eight notes were made, in which nobody speaks; give a WAV file of speech")
    _check_logits(loaded, sound)
    pipeline = transformers.pipeline(
        "automatic-speech-recognition",
        model=loaded.model,
        tokenizer=loaded.tokenizer,
        feature_extractor=loaded.processor,
        device=loaded.device,
    )
    options = _options(loaded, sound)
    known = _asked(loaded, sound)

    def run() -> Answer:
        # A copy: the pipeline takes the dictionary apart.
        heard = pipeline({"raw": sound.samples, "sampling_rate": sound.rate}, **options)
        text = str(heard["text"]).strip()
        if not text:
            loaded.warn("the model heard no words in this sound")
        return Answer(text, text, known, sound_seconds=sound.seconds)

    return run


def _options(loaded: Loaded, sound: Sound) -> dict[str, Any]:
    """Return how the sound is to be read: long ones in pieces, Whisper's with time stamps, as its authors do."""
    if not loaded.model.can_generate() or not hasattr(loaded.model, "generate"):
        return {"chunk_length_s": _CHUNK_SECONDS} if sound.seconds > 2 * _CHUNK_SECONDS else {}
    seconds = min(sound.seconds, _CHUNK_SECONDS)
    tokens = max(loaded.job.max_new_tokens, 16 + math.ceil(_TOKENS_A_SECOND * seconds))
    options: dict[str, Any] = {"max_new_tokens": min(tokens, _MOST_TOKENS), "num_beams": 1, "do_sample": False}
    if loaded.config.model_type == "whisper":
        most = getattr(loaded.config, "max_target_positions", _MOST_TOKENS)
        options["max_new_tokens"] = max(1, min(options["max_new_tokens"], most - 8))
        if getattr(loaded.model.generation_config, "is_multilingual", False):
            if loaded.job.source_language:
                options["language"] = language_code(loaded.job.source_language) or loaded.job.source_language
            options["task"] = "translate" if loaded.job.target_language else "transcribe"
        if sound.seconds > _CHUNK_SECONDS:
            return {"generate_kwargs": options, "return_timestamps": True}
    return {"generate_kwargs": options}


def _check_logits(loaded: Loaded, sound: Sound) -> None:
    """Refuse NaN, of which the pipeline makes an empty text: the first second is enough to see it."""
    if loaded.model.can_generate():
        return
    beginning = Sound(sound.samples[: sound.rate], sound.rate)
    check_finite(feed(loaded, _encoded(loaded, beginning)).logits)


def _hear(loaded: Loaded, most_seconds: float) -> Sound:
    """Return the sound at the model's rate, cut to a length, with a warning."""
    rate = int(getattr(loaded.processor, "sampling_rate", 16_000))
    if loaded.job.file is None:
        return melody(rate)
    sound = read_wav(loaded.job.file)
    if sound.seconds > most_seconds:
        loaded.warn(f"the sound lasts {sound.seconds:.0f} seconds: the first {most_seconds:.0f} were heard")
        sound = Sound(sound.samples[: int(most_seconds * sound.rate)], sound.rate)
    if not np.any(sound.samples):
        loaded.warn("the sound is silent")
    return resample(sound, rate)


def _note_window(loaded: Loaded, sound: Sound) -> None:
    """Say what a model with a window of one length does with a longer sound."""
    processor, window = loaded.processor, None
    for name in ("chunk_length", "max_length_s"):
        window = window or getattr(processor, name, None)
    if window is None and loaded.config.model_type == "audio-spectrogram-transformer":
        # Its frames are ten milliseconds apart.
        window = getattr(processor, "max_length", 1024) / 100
    if isinstance(window, int | float) and sound.seconds > window:
        loaded.warn(f"the model hears {window:g} seconds of a sound at once: the rest was left out")


def _encoded(loaded: Loaded, sound: Sound) -> dict[str, Any]:
    encoded = loaded.processor(sound.samples, sampling_rate=sound.rate, return_tensors="pt")
    return {name: value for name, value in encoded.items() if isinstance(value, torch.Tensor)}


def _asked(loaded: Loaded, sound: Sound) -> dict[str, Any]:
    return {"file": loaded.job.file or _MADE, "seconds": round(sound.seconds, 2), "rate": sound.rate}
