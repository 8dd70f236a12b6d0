"""Writes evidence/sizes.csv: where on a leaderboard of language models one of a size mostly stands.

    python data/make_evidence_sizes.py [--check]

Of each table whose standing goes with size: the line of least squares through (log10 of the parameters, share of the
others that are worse), over the models whose size the snapshot or their name states. `middle` is the size at which it
crosses the middle of the table, `slope` what it rises with each factor of ten, `r` the correlation.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
import sys
from pathlib import Path
from statistics import correlation, linear_regression

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))

from zukan.evidence import figures_by_table  # noqa: E402
from zukan.records import record_from_row  # noqa: E402
from zukan.size_in_name import parameters_in_name  # noqa: E402

TASK = "text-generation"
LEAST, CLEAR = 10, 0.3
"""Fewer models, or a weaker correlation, tell nothing of sizes."""


def stated_sizes() -> dict[str, int]:
    """Return id in lower case → parameters, of the models of the snapshot whose size is stated."""
    with gzip.open(HERE / "seed.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = map(record_from_row, map(json.loads, lines))
        return {one.model_id.lower(): one.num_parameters for one in records if one.num_parameters}


def written() -> str:
    """Return the text of the file."""
    sizes, text = stated_sizes(), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("source", "language", "middle", "slope", "r", "models"))
    for (source, language), figures in figures_by_table(TASK).items():
        points = [
            (math.log10(number), figure.standing)
            for model_id, figure in figures
            if figure.standing is not None and (number := sizes.get(model_id) or parameters_in_name(model_id)[0])
        ]
        if len(points) < LEAST:
            continue
        octaves, standings = zip(*points, strict=True)
        slope, start = linear_regression(octaves, standings)
        if (r := correlation(octaves, standings)) >= CLEAR:
            middle = round(10 ** ((0.5 - start) / slope))
            writer.writerow((source, language, f"{middle:.3g}", f"{slope:.3f}", f"{r:.2f}", len(points)))
    return text.getvalue()


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    path, text = HERE / "evidence" / "sizes.csv", written()
    if parser.parse_args().check:
        return int(path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
