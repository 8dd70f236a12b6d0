"""Asks for generated text, streamed: when its first piece came, how fast the rest, and whether it came to its end."""

from __future__ import annotations

import base64
import mimetypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zukan.errors import AnswerCutOff, AnswerUnreadable
from zukan.outcomes import TrialRequest
from zukan.remote.answers import RemoteAnswer
from zukan.remote.wire import Watch

if TYPE_CHECKING:
    from huggingface_hub import InferenceClient

Told = Callable[[int], None]
"""Told how many pieces have come."""
_SHORTEST_SPAN = 0.05
"""Seconds from the first piece to the last, below which they give no speed."""
_LEAST_SHARE = 0.1
"""The same, as a part of the time from the question to the last piece."""


class Pieces:
    """What has come of an answer."""

    def __init__(self, watch: Watch, told: Told) -> None:
        self._watch = watch
        self.text = ""
        self.count = 0
        self.stated_tokens: int | None = None
        self.model: str | None = None
        self.finished: str | None = None
        """The reason for the end, as the server says it."""
        self.thought = False
        """Whether there was reasoning that is no part of the answer."""
        self._first: float | None = None
        self._last = 0.0
        self._told = told

    def add(self, text: str, *, thought: bool = False) -> None:
        """Take one more piece."""
        if not text:
            return
        self._last = time.monotonic()
        self._first = self._first or self._last
        self.count += 1
        self.thought = self.thought or thought
        self.text += "" if thought else text
        self._told(self.count)

    def _speed(self, tokens: int | None) -> float | None:
        """Return the tokens per second; None where what came so close together was only held back on its way."""
        if self._first is None or tokens is None or tokens < 2 or self.count < 2:
            return None
        span = self._last - self._first
        whole = self._last - (self._watch.sent_at or self._first)
        if span < max(_SHORTEST_SPAN, _LEAST_SHARE * whole):
            return None
        # The first piece waits for the prompt to be read: the rate is that of the others.
        return (tokens - 1) / span

    def answer(self, asked: dict[str, Any]) -> RemoteAnswer:
        """Return what it comes to."""
        warnings: list[str] = []
        sent = self._watch.sent_at
        tokens = self.stated_tokens
        if tokens is None and self.count:
            tokens = self.count
            warnings.append("the server did not count its tokens: the pieces of its answer were counted")
        if not self.text and self.thought:
            warnings.append("only reasoning came and no answer: allow more with --max-new-tokens")
        elif not self.text:
            warnings.append("the answer is empty")
        speed = self._speed(tokens)
        if speed is None and tokens is not None and tokens > 1:
            warnings.append("the answer came in one piece: its speed is not known")
        return RemoteAnswer(
            self.text,
            self.text.strip(),
            asked,
            new_tokens=tokens,
            tokens_per_second=speed,
            first_token_seconds=self._first - sent if self._first is not None and sent is not None else None,
            model=self.model,
            warnings=tuple(warnings),
        )


def chat(client: InferenceClient, request: TrialRequest, model: str, watch: Watch, pieces: Pieces) -> RemoteAnswer:
    """Ask for a chat completion; the sampling is the greedy one of a local trial.

    Raises:
        AnswerCutOff: It ended before its end.
        AnswerUnreadable: Nothing of what came is an answer.

    """
    asked: dict[str, Any] = {"text": request.text} | ({"file": request.file} if request.file else {})
    with client:
        options: Any = {"include_usage": True}
        stream: Any = client.chat_completion(
            messages=_messages(request),
            model=model,
            max_tokens=request.max_new_tokens,
            temperature=0.0,
            seed=request.seed,
            stream=True,
            stream_options=options,
        )
        for chunk in stream:
            _take(chunk, pieces)
    _check_end(watch, pieces)
    return pieces.answer(asked)


def generate(client: InferenceClient, request: TrialRequest, model: str, watch: Watch, pieces: Pieces) -> RemoteAnswer:
    """Ask a model that only goes on with a text, without a chat.

    Raises:
        AnswerCutOff: It ended before its end.
        AnswerUnreadable: Nothing of what came is an answer.

    """
    with client:
        stream = client.text_generation(
            request.text or "",
            model=model,
            max_new_tokens=request.max_new_tokens,
            do_sample=False,
            seed=request.seed,
            stream=True,
            details=True,
        )
        for piece in stream:
            token = piece.token
            pieces.add("" if token.special else str(token.text))
            if piece.details is not None:
                pieces.finished = str(piece.details.finish_reason or "stop")
                pieces.stated_tokens = _count(piece.details.generated_tokens)
    _check_end(watch, pieces)
    return pieces.answer({"text": request.text})


def _take(chunk: Any, pieces: Pieces) -> None:
    if isinstance(model := chunk.model, str):
        pieces.model = model
    if chunk.usage is not None:
        pieces.stated_tokens = _count(chunk.usage.completion_tokens)
    for choice in (chunk.choices or ())[:1]:
        if choice.delta is not None:
            reasoning = choice.delta.reasoning or choice.delta.get("reasoning_content")
            if isinstance(reasoning, str):
                pieces.add(reasoning, thought=True)
            if isinstance(content := choice.delta.content, str):
                pieces.add(content)
        if choice.finish_reason:
            pieces.finished = str(choice.finish_reason)


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _check_end(watch: Watch, pieces: Pieces) -> None:
    """Check that a stream came to its end: by the server's own word, not by the end of the connection alone."""
    if pieces.finished is not None or b"[DONE]" in watch.tail:
        return
    if pieces.count:
        raise AnswerCutOff("", "it ended without its end mark", place="", partial=pieces.text)
    kind = watch.headers.get("content-type", "").partition(";")[0]
    if kind != "text/event-stream":
        raise AnswerUnreadable("", f"its kind is {kind or 'not stated'}, and not a stream of pieces")
    raise AnswerCutOff("", "nothing came before its end", place="")


def _messages(request: TrialRequest) -> list[Any]:
    if request.file is None:
        return [{"role": "user", "content": request.text}]
    path = Path(request.file).expanduser()
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    url = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": url}}]
    if request.text:
        parts.append({"type": "text", "text": request.text})
    return [{"role": "user", "content": parts}]
