"""A local server that behaves like the real ones, for first runs, for trying out, for tests."""

from sync.sandbox.hooks import WEBHOOK_PATH, WEBHOOK_SECRET
from sync.sandbox.server import DEFAULT_PORT, DEFAULT_TOKEN, Sandbox, serve
from sync.sandbox.service import Limit

__all__ = [
    "DEFAULT_PORT",
    "DEFAULT_TOKEN",
    "WEBHOOK_PATH",
    "WEBHOOK_SECRET",
    "Limit",
    "Sandbox",
    "serve",
]
