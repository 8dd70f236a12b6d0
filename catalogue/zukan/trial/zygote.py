"""A process that has imported torch and transformers, and forks one worker for each model.

Started as `python -m zukan.trial.zygote FD PARENT_PID`; FD is a socket of whole messages, each a JSON object.
`{"fork": n}`, which carries three descriptors (standard input, messages, standard error), asks for worker n. The
answers are `{"worker": n, "pid": …}` from the worker itself, once it leads its own session, and
`{"worker": n, "exit": …}` when it has ended. The ended worker keeps its process id until the parent says `{"seen": n}`,
so that the parent never kills another process by it.

Nothing here may start a thread or touch a graphics card: a fork would inherit half of either.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
from collections import deque
from typing import Any, NoReturn

from zukan.trial import worker

_DESCRIPTORS = 3
_Request = tuple[int, list[int]]
"""The number of a worker and its descriptors."""


def main(arguments: list[str]) -> NoReturn:
    """Import everything, then fork whenever it is asked for, until the parent is gone."""
    channel = socket.socket(fileno=int(arguments[0]))
    channel.set_inheritable(False)
    worker.die_with_parent(int(arguments[1]))
    worker.be_first_to_go()
    failure: dict[str, Any] | None = None
    try:
        worker.import_libraries()
    except BaseException as error:  # noqa: BLE001 - every worker that is asked for reports it
        failure = importlib.import_module("zukan.trial.failures").describe(error)
    requests = _Requests(channel)
    with contextlib.suppress(ConnectionError):
        while (request := requests.take()) is not None:
            _serve(channel, requests, request, failure)
    os._exit(0)


class _Requests:
    """The parent's messages; those that ask for a worker wait until it is their turn."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._waiting: deque[_Request] = deque()

    def take(self) -> _Request | None:
        """Return the next request, None where the parent is gone."""
        while not self._waiting:
            if self._receive() is None:
                return None
        return self._waiting.popleft()

    def wait_until_seen(self, number: int) -> None:
        """Wait until the parent has seen the end of a worker, or is gone."""
        while (message := self._receive()) is not None and message.get("seen") != number:
            pass

    def _receive(self) -> dict[str, Any] | None:
        data, descriptors, _flags, _address = socket.recv_fds(self._channel, 256, _DESCRIPTORS)
        if not data:
            return None
        message: dict[str, Any] = json.loads(data)
        if "fork" in message:
            self._waiting.append((int(message["fork"]), descriptors))
        return message


def _serve(channel: socket.socket, requests: _Requests, request: _Request, failure: dict[str, Any] | None) -> None:
    """Fork one worker and see it end."""
    number, descriptors = request
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_worker(channel, parent, request, failure)
    for descriptor in descriptors:
        os.close(descriptor)
    # It stays a zombie, and its number its own.
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    code = 0 if ended is None else ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    try:
        channel.send(json.dumps({"worker": number, "exit": code}).encode())
        requests.wait_until_seen(number)
    finally:
        # What it started may live on in its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _be_worker(channel: socket.socket, parent: int, request: _Request, failure: dict[str, Any] | None) -> NoReturn:
    number, (standard_input, messages, standard_error) = request
    os.setsid()
    worker.die_with_parent(parent)
    channel.send(json.dumps({"worker": number, "pid": os.getpid()}).encode())
    channel.close()
    os.dup2(standard_input, 0)
    os.dup2(standard_error, 2)
    os.close(standard_input)
    os.close(standard_error)
    reporter = worker.Reporter(messages)
    if failure is not None:
        reporter.send("error", **failure)
        os._exit(1)
    worker.serve(reporter, worker.answer_job)


if __name__ == "__main__":
    main(sys.argv[1:])
