"""What holds of every raw row of the Hub: how large it may be, and which of its figures move by themselves.

Who only reads stored rows needs this alone, and not what takes rows apart.
"""

from __future__ import annotations

MAX_ROW_BYTES = 1_000_000
"""A row larger than this is refused: nothing the catalogue needs is that long."""
COUNTERS = frozenset({"downloads", "downloadsAllTime", "likes", "trendingScore"})
"""What moves without a commit."""
