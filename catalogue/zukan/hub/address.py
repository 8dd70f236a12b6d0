"""Says where the Hub is: `HF_ENDPOINT`, else what huggingface_hub uses if it is loaded, else the public address."""

from __future__ import annotations

import os
import sys

PUBLIC = "https://huggingface.co"


def endpoint() -> str:
    """Return the Hub's address without a slash at its end; one that is set and empty is not set."""
    loaded = sys.modules.get("huggingface_hub.constants")
    said = os.environ.get("HF_ENDPOINT", "").strip() or str(getattr(loaded, "ENDPOINT", ""))
    return said.rstrip("/") or PUBLIC
