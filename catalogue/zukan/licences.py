"""Says what the Hub's licence ids allow: which let a model be used commercially, which ask for hardly anything."""

from __future__ import annotations

# Ids as in huggingface/hub-docs, docs/hub/repositories-licenses.md. Permissive: the Open Source Initiative or Creative
# Commons call them so, or they give the work to the public; nothing is asked but to name the authors.
PERMISSIVE = (
    "apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "isc", "unlicense", "cc0-1.0",
    "wtfpl", "zlib", "afl-3.0", "artistic-2.0", "bsl-1.0", "ncsa", "postgresql", "pddl", "cdla-permissive-1.0",
    "cdla-permissive-2.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "etalab-2.0", "ecl-2.0", "ms-pl",
    "ofl-1.1",
)  # fmt: skip

# With conditions, commercial use among what is allowed: copyleft, and rules of use.
_WITH_CONDITIONS = (
    "cc-by-sa-3.0", "cc-by-sa-4.0", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "lgpl-lr", "agpl-3.0",
    "mpl-2.0", "eupl-1.1", "eupl-1.2", "epl-1.0", "epl-2.0", "osl-3.0", "cdla-sharing-1.0", "odbl", "odc-by",
    "gfdl", "openrail", "openrail++", "bigscience-openrail-m", "creativeml-openrail-m", "bigcode-openrail-m",
    "bigscience-bloom-rail-1.0", "open-mdw", "openmdw-1.0", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3",
    "llama4", "gemma",
)  # fmt: skip
COMMERCIAL = (*PERMISSIVE, *_WITH_CONDITIONS)

KINDS = {"commercial": COMMERCIAL, "permissive": PERMISSIVE}
"""Names that stand for several ids."""


def licences_of(wish: str) -> tuple[str, ...]:
    """Return the Hub's ids that fulfil a wish: `commercial`, `permissive`, or one id."""
    return KINDS.get(wish, (wish,))
