"""Trials on other machines: through a provider that the Hub knows, or on a server that speaks OpenAI's protocol."""

from zukan.remote.run import run_remotely

__all__ = ["run_remotely"]
