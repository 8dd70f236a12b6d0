"""The driver of a cluster, a process of its own: Ray writes to standard error and ends its process where it likes.

Started as `python -m zukan.cluster.driver FD ADDRESS FOLDER`; FD is a connection of pickled messages.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from zukan.cluster.messages import Connected, Ended, Message, Order
from zukan.errors import ClusterError, ClusterLost, ZukanError


def main(arguments: list[str]) -> None:
    """Connect, take the order, have it run, and disconnect."""
    descriptor, address, folder = arguments
    os.set_inheritable(int(descriptor), False)  # noqa: FBT003 - its only signature
    threading.Thread(target=_end_with_parent, args=(int(descriptor),), daemon=True).start()
    signal.signal(signal.SIGTERM, _stop)
    # Ray's workers import from the driver's folder: it must not be one where a file may be named like a package.
    os.chdir(folder)
    with Connection(int(descriptor)) as connection:

        def send(message: Message) -> None:
            with contextlib.suppress(BrokenPipeError):
                connection.send(message)

        try:
            _run(connection, address, Path(folder), send)
        except ZukanError as error:
            send(Ended(error))
        else:
            send(Ended())


def _run(connection: Any, address: str, folder: Path, send: Any) -> None:
    from ray.exceptions import RayError  # noqa: PLC0415 (the import of Ray may fail, and must then be told)

    from zukan.cluster import nodes  # noqa: PLC0415
    from zukan.cluster.connecting import connected  # noqa: PLC0415
    from zukan.cluster.dispatch import Dispatch  # noqa: PLC0415

    with connected(address, folder):
        try:
            there = nodes.alive()
            send(Connected(len(there), int(sum(node.cores for node in there)), int(sum(node.cards for node in there))))
            order = connection.recv()
            if isinstance(order, Order):
                Dispatch(address, order, send).run()
        except ClusterError:
            raise
        except (RayError, ConnectionError) as error:
            raise ClusterLost(address, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]) from error


def _end_with_parent(descriptor: int) -> None:
    """End this process and the cluster that it started when the parent is gone, however it ended.

    Not by the kernel's signal to this process alone: some of Ray's own processes outlive the one that started them.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLHUP)
    while not any(event & (select.POLLHUP | select.POLLNVAL) for _descriptor, event in poll.poll()):
        pass
    os.killpg(0, signal.SIGKILL)


def _stop(_number: int, _frame: object) -> NoReturn:
    # Unwinds: a cluster that was started here is taken down.
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
