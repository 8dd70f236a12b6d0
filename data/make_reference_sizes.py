"""Writes reference_sizes.csv: how many parameters the base and large sizes of transformers' architectures have.

    python data/make_reference_sizes.py

Needs torch and transformers. The default configuration of a type is, as its documentation says, like that of a named
checkpoint: where that one is called base or large and the configuration is as wide as this (768 or 1,024, as BERT's),
the model is built without memory for its weights, and its parameters are counted. What is built of several models
is left out, since their sizes are not told by one word.
"""

from __future__ import annotations

import csv
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch  # noqa: E402
from transformers import AutoModel  # noqa: E402
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES  # noqa: E402

from zukan.store.sizes import size_word  # noqa: E402

WIDTHS = {"base": 768, "large": 1024}
OTHER_VOCABULARY = {
    "bigbird_pegasus", "data2vec-text", "ibert", "lilt", "mbart", "pegasus", "pegasus_x", "switch_transformers",
}  # fmt: skip
"""Their checkpoints know more tokens than the default configuration, by a fifth of all weights or more."""
OTHER_SHAPE = {
    # Of its config.json; the hundreds of others of that name differ in their vocabularies only (50,000 to 65,000).
    ("marian", "Helsinki-NLP/opus-mt-en-de"): {
        "d_model": 512, "encoder_layers": 6, "decoder_layers": 6, "encoder_ffn_dim": 2048, "decoder_ffn_dim": 2048,
        "encoder_attention_heads": 8, "decoder_attention_heads": 8, "vocab_size": 58_101, "decoder_vocab_size": 58_101,
    },
    # Of its config.json. Most of what is called large was trained further from it or from the first two versions, which
    # hear 80 bands of sound where it hears 128: a thousandth less.
    ("whisper", "openai/whisper-large-v3"): {
        "d_model": 1280, "encoder_layers": 32, "decoder_layers": 32, "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120,
        "encoder_attention_heads": 20, "decoder_attention_heads": 20, "vocab_size": 51_866, "num_mel_bins": 128,
    },
}  # fmt: skip
"""Checkpoints of a type that many repositories were made like, and that its default configuration is not like."""
_CHECKPOINT = re.compile(r"\[?`?([\w.-]+/[\w.-]+)`?\]?\(https://huggingface\.co/|e\.g\. \[([\w.-]+/[\w.-]+)\]")


def sizes() -> Iterator[tuple[str, str, int]]:
    """Yield (model_type, checkpoint, parameters)."""
    for model_type in sorted(set(CONFIG_MAPPING_NAMES) - OTHER_VOCABULARY):
        try:
            config_class = CONFIG_MAPPING[model_type]
            named = _CHECKPOINT.search(config_class.__doc__ or "")
            checkpoint = next(filter(None, named.groups()), "") if named else ""
            config = config_class()
        except Exception:  # noqa: BLE001, S112 (it needs another library, or what no default says: hundreds of types)
            continue
        wide = next((getattr(config, name, None) for name in ("hidden_size", "d_model", "dim")), None)
        if getattr(config, "sub_configs", None) or wide is None or WIDTHS.get(size_word(checkpoint) or "") != wide:
            continue
        try:
            with torch.device("meta"):
                model = AutoModel.from_config(config)
        except Exception:  # noqa: BLE001, S112 (likewise)
            continue
        yield model_type, checkpoint, sum(weights.numel() for weights in model.parameters())


def other_sizes() -> Iterator[tuple[str, str, int]]:
    """Yield (model_type, checkpoint, parameters) of `OTHER_SHAPE`."""
    for (model_type, checkpoint), shape in OTHER_SHAPE.items():
        with torch.device("meta"):
            model = AutoModel.from_config(CONFIG_MAPPING[model_type](**shape))
        yield model_type, checkpoint, sum(weights.numel() for weights in model.parameters())


def main() -> None:
    """Write the file."""
    warnings.filterwarnings("ignore")
    rows = sorted([*sizes(), *other_sizes()])
    with (HERE / "reference_sizes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model_type", "checkpoint", "parameters"])
        writer.writerows(rows)
    print(f"{len(rows)} sizes")


if __name__ == "__main__":
    main()
