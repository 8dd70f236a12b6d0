"""zukan: a field guide to the models of the Hugging Face Hub.

`Catalogue` is the front door. Names are loaded when they are first used, so that importing one part of zukan
does not pay for the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.advice import Candidate, Fit, Recommendation, Similar, Task
    from zukan.catalogue import Catalogue
    from zukan.comparison import Comparison, ComparisonRequest, Input, Vote
    from zukan.errors import ZukanError
    from zukan.families import classify
    from zukan.outcomes import TrialRequest, TrialResult
    from zukan.schema import Certainty, Counted, Facet, Family, FamilyTag, Hit, ModelRecord, Query, SearchResult

__version__ = "0.1.0"

_HOME = {
    "zukan.catalogue": ("Catalogue",),
    "zukan.comparison": ("Comparison", "ComparisonRequest", "Input", "Vote"),
    "zukan.errors": ("ZukanError",),
    "zukan.families": ("classify",),
    "zukan.outcomes": ("TrialRequest", "TrialResult"),
    "zukan.advice": ("Candidate", "Fit", "Recommendation", "Similar", "Task"),
    "zukan.schema": (
        "Certainty", "Counted", "Facet", "Family", "FamilyTag", "Hit", "ModelRecord", "Query", "SearchResult",
    ),
}  # fmt: skip

__all__ = [
    "Candidate",
    "Catalogue",
    "Certainty",
    "Comparison",
    "ComparisonRequest",
    "Counted",
    "Facet",
    "Family",
    "FamilyTag",
    "Fit",
    "Hit",
    "Input",
    "ModelRecord",
    "Query",
    "Recommendation",
    "SearchResult",
    "Similar",
    "Task",
    "TrialRequest",
    "TrialResult",
    "Vote",
    "ZukanError",
    "__version__",
    "classify",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    from importlib import import_module  # noqa: PLC0415

    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'zukan' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
