"""Sound made of a text, and written to a WAV file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import transformers

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_head
from zukan.trial.recipes.sounds import write_wav

SEED = 0
"""Several of these models draw lots for the tone: with one seed the same text sounds the same."""


def text_to_sound(loaded: Loaded) -> Callable[[], Answer]:
    """Speak or play a text, and write the sound of the first answer to the file that the job names."""
    check_head(loaded)
    loaded.count(loaded.job.text)
    pipeline = transformers.pipeline(
        "text-to-audio",
        model=loaded.model,
        tokenizer=loaded.tokenizer,
        processor=_processor(loaded),
        device=loaded.device,
    )
    path, written = Path(loaded.job.output or "speech.wav"), False

    def run() -> Answer:
        nonlocal written
        transformers.set_seed(SEED)
        made = pipeline(loaded.job.text)
        samples, rate = np.atleast_1d(np.asarray(made["audio"], dtype=np.float32)), int(made["sampling_rate"])
        if not np.isfinite(samples).all():
            raise Failure(
                "run-failed", "the model computes NaN: its weights are damaged, or overflow their number type"
            )
        if not samples.size or not np.any(samples):
            loaded.warn("the sound is silent")
        seconds = samples.shape[-1] / rate
        if not written and samples.size:
            write_wav(path, samples, rate)
            written = True
        output = {"file": str(path), "seconds": round(seconds, 3), "rate": rate}
        return Answer(output, str(path), {"text": loaded.job.text, "seed": SEED}, sound_seconds=seconds)

    return run


def _processor(loaded: Loaded) -> Any:
    """Return the processor of those models whose text goes through one, with voices or turns; None for the others."""
    folder = Path(loaded.job.folder, loaded.job.root)
    if not any((folder / name).is_file() for name in ("processor_config.json", "preprocessor_config.json")):
        return None
    arguments = {"trust_remote_code": loaded.job.trust_remote_code, "local_files_only": True}
    try:
        read = transformers.AutoProcessor.from_pretrained(str(folder), **arguments)
    except (OSError, ValueError):
        return None
    return read if isinstance(read, transformers.ProcessorMixin) else None
