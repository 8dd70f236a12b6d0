"""Makes data/row_dictionary.bin: the text that the catalogue's raw rows are compressed against.

    python data/make_row_dictionary.py

The window is 8 KB, and nearest is cheapest: what the Hub writes into nearly every row stands at the
end. A catalogue keeps the text that it was made with, so this file may be made anew at any time.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "catalogue")]

from zukan.records import record_from_row  # noqa: E402
from zukan.row_facts import COUNTERS  # noqa: E402
from zukan.store.packing import states, told  # noqa: E402

SIZE = 8_192
_TYPES = (
    ("bert", "AutoModel", "feature-extraction"),
    ("whisper", "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"),
    ("vit", "AutoModelForImageClassification", "image-classification"),
    ("wav2vec2", "AutoModelForCTC", "automatic-speech-recognition"),
    ("bart", "AutoModelForSeq2SeqLM", "summarization"),
    ("marian", "AutoModelForSeq2SeqLM", "translation"),
    ("t5", "AutoModelForSeq2SeqLM", "text-generation"),
    ("bert", "AutoModelForQuestionAnswering", "question-answering"),
    ("bert", "AutoModelForTokenClassification", "token-classification"),
    ("roberta", "AutoModelForMaskedLM", "fill-mask"),
    ("distilbert", "AutoModelForSequenceClassification", "text-classification"),
    ("gemma3", "AutoModelForImageTextToText", "image-text-to-text"),
    ("qwen3", "AutoModelForCausalLM", "text-generation"),
    ("llama", "AutoModelForCausalLM", "text-generation"),
)


def _listed() -> str:
    """Return what the listing writes of a model beside what the columns of the catalogue tell."""
    parts = []
    for model_type, auto_model, task in _TYPES:
        gguf = {"total": 7615616512, "architecture": model_type, "context_length": 32768, "chat_template": True,
                "bos_token": "<s>", "eos_token": "<|im_end|>"}  # fmt: skip
        for relation in ("merge", "quantized", "adapter", "finetune"):
            row: dict[str, Any] = {
                "baseModels": {
                    "relation": relation,
                    "models": [{"_id": "66944fd095c7fa6e68c314ae", "id": "meta-llama/"}],
                },
                "gguf": gguf,
                "safetensors": {
                    "parameters": {"F32": 109482240, "I64": 512, "F16": 3, "BF16": 494032768},
                    "total": 494032768,
                },
                "transformersInfo": {"auto_model": auto_model, "pipeline_tag": task, "processor": "AutoTokenizer"},
            }
            parts.append(json.dumps(row, separators=(",", ":")))
    return "".join(parts[-10:])


def main() -> None:
    """Write the file."""
    rests: list[str] = []
    with gzip.open(HERE / "seed.jsonl.gz", "rt", encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            if place % 97:
                continue
            row = json.loads(line)
            record = record_from_row(row)
            known = told(record, states(row), None)
            rest = {key: value for key, value in row.items() if key not in COUNTERS and value != known.get(key)}
            text = json.dumps(rest, separators=(",", ":"), ensure_ascii=False)
            if 40 < len(text) < 700:
                rests.append(text)
    listed = _listed().encode()
    sampled = "".join(rests).encode()
    shared = (sampled + listed)[-SIZE:]
    (HERE / "row_dictionary.bin").write_bytes(shared)
    sys.stdout.write(f"{len(shared)} bytes, {len(listed)} of them of the listing\n")


if __name__ == "__main__":
    main()
