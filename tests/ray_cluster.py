"""A Ray cluster of several nodes on this machine, in a process of its own; its first line of output is its address.

Started as `python ray_cluster.py NODES FOLDER`. A line `lose` on standard input kills the last node as a power cut would,
and `lost` is the answer; the end of standard input takes the cluster down.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

STORE_BYTES = 80_000_000
MEMORY_BYTES = 4 * 2**30


def main(number: int, folder: Path) -> None:
    """Start the nodes, say where the first one is, and do as told."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_TMPDIR": str(folder), "RAY_AUTH_MODE": "disabled"}
    from ray.cluster_utils import Cluster

    logging.disable(logging.CRITICAL)
    node = {"num_cpus": 1, "memory": MEMORY_BYTES, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    nodes = [cluster.add_node(**node) for _ in range(number - 1)]
    sys.stdout.write(f"{cluster.address}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "lose" and nodes:
            cluster.remove_node(nodes.pop(), allow_graceful=False)
            sys.stdout.write("lost\n")
            sys.stdout.flush()
    cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
