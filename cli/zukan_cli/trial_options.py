"""The options of every command that runs models: what they are asked, and what limits them."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from zukan_cli.i18n import translate as _

ASK_ABOVE_BYTES = 2 * 10**9
"""A larger download is asked about first."""
_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*$", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(value: str) -> int:
    """Return the bytes that `8GB`, `8GiB` or `500M` stands for."""
    match = _SIZE.match(value)
    if match is None:
        raise typer.BadParameter(_("not a size: {value} (write 8GB or 500MB)").format(value=value))
    return int(float(match[1]) * (1024 if match[3] else 1000) ** _POWERS[match[2].upper()])


def split_labels(labels: str | None) -> tuple[str, ...]:
    """Return the labels that `--labels` names."""
    return tuple(label.strip() for label in (labels or "").split(",") if label.strip())


Context = Annotated[str | None, typer.Option("--context", help="The passage to answer a question from.")]
Labels = Annotated[str | None, typer.Option("--labels", help="Labels to choose from, separated by commas.")]
CompareWith = Annotated[
    list[str] | None, typer.Option("--compare-with", help="A sentence to compare with; may be repeated.")
]
MaxNewTokens = Annotated[int, typer.Option("--max-new-tokens", min=1, max=4096, help="Longest answer.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Of whatever is random.")]
MemoryLimit = Annotated[
    int | None,
    typer.Option(
        "--memory-limit", parser=parse_size, metavar="SIZE", help="Stop when its private memory passes this: 8GB."
    ),
]
Device = Annotated[str | None, typer.Option("--device", help="cpu, cuda, mps …; else what torch finds.")]
SafetensorsOnly = Annotated[bool, typer.Option("--safetensors-only", help="Refuse pickle weights.")]
TrustRemoteCode = Annotated[
    bool, typer.Option("--trust-remote-code", help="Let the model's own Python code run. Read it first.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Only what the local cache holds.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask the Hub for a newer version of a cached model.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Download, or send to a provider, without asking.")]
