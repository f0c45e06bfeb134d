"""A local server that behaves like HubSpot, for first runs, for trying things out, for tests."""

from sync.sandbox.api import Limit
from sync.sandbox.server import DEFAULT_PORT, DEFAULT_TOKEN, Sandbox, serve

__all__ = ["DEFAULT_PORT", "DEFAULT_TOKEN", "Limit", "Sandbox", "serve"]
