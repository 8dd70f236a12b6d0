"""The order that the parent writes to the child: plain values only, because it travels as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """What to load and what to ask it."""

    task: str
    auto_class: str
    folder: str
    """Absolute path of the snapshot: a name could be taken for something else."""
    text: str
    root: str = ""
    """Folder of the transformer inside the snapshot."""
    model_type: str | None = None
    """Only where config.json does not name it."""
    modules: list[dict[str, Any]] = field(default_factory=list)
    """sentence-transformers' modules.json."""
    source_language: str | None = None
    target_language: str | None = None
    context: str | None = None
    labels: list[str] = field(default_factory=list)
    compare_with: list[str] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)
    """Earlier turns of a conversation."""
    file: str | None = None
    """Absolute path of the picture or sound; None = one that the child makes itself."""
    table: dict[str, Any] | None = None
    output: str | None = None
    """Where to write a sound or picture."""
    example: str = ""
    """What to ask about a picture where the user asks nothing and the model needs a question."""
    top_k: int = 5
    max_new_tokens: int = 64
    device: str | None = None
    use_safetensors: bool = True
    gguf_file: str | None = None
    """In the folder: all that there is of the model."""
    trust_remote_code: bool = False
    adapter: str | None = None
    """Absolute path of an adapter that is loaded onto the model."""
    repeats: int | None = None
    """Answers to time after the first; None = as many as fit into two seconds, at most three."""
    seed: int = 0
    """Of torch's random numbers: of a head that the checkpoint lacks, and of sampling."""
