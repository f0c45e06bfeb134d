"""The settings of a destination, read off the environment: every mistake is named at once."""

from __future__ import annotations

from sync.destinations.connection import SANDBOX, Environment
from sync.errors import ConfigError
from sync.http import is_loopback, is_readable


class Given:
    """The settings whose names begin with a prefix, such as HUBSPOT. Ends with refuse()."""

    def __init__(self, prefix: str, environment: Environment) -> None:
        self._prefix = prefix
        self._environment = environment
        self._problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Give a setting without the spaces around it; an address that is none is wrong."""
        found = self._environment.get(f"{self._prefix}_{name}", "").strip() or default
        if not is_readable(found):
            self.wrong(name, "is no address: its host or its port cannot be read")
            return default
        return found

    def count(self, name: str, default: int) -> int:
        """Give a whole number above 0."""
        text = self.text(name, str(default))
        found = int(text) if text.isascii() and text.isdigit() else 0
        self.check(name, found > 0, f"must be a whole number above 0, such as {default}")
        return found

    def account(self, url: str) -> str:
        """Give what the account behind an address is called; one on this machine is the sandbox."""
        account = self.text("ACCOUNT", SANDBOX if is_loopback(url) else "live")
        is_taken = account == SANDBOX and not is_loopback(url)
        self.check("ACCOUNT", not is_taken, "is no name: sandbox is taken. Choose another")
        return account

    def check(self, name: str, is_right: object, problem: str) -> None:
        """Note what is wrong with a setting, where it is not right."""
        if not is_right:
            self.wrong(name, problem)

    def wrong(self, name: str, problem: str) -> None:
        """Note what is wrong with a setting."""
        self._problems.append(f"{self._prefix}_{name} {problem}.")

    def refuse(self) -> None:
        """Raise ConfigError with all that is wrong, where anything is."""
        if self._problems:
            raise ConfigError(*self._problems)
