"""What stands between a name in an exposure and an open destination."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from sync.changes import Capabilities, Destination
from sync.errors import ConfigError
from sync.http import HttpClient
from sync.rate_limit import SharedRateLimiter
from sync.sandbox import DEFAULT_TOKEN, Sandbox

SANDBOX = "sandbox"
WORK_FOLDER = ".decile"

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Connection:
    """An open destination. `account` is 'sandbox' or what the user calls the real account.

    `place` is what names that account, as its settings do: an address, an id. Never a token, which
    somebody may exchange for another one, nor anything else that is secret. `owner` asks the vendor
    whose account it is, where the settings do not tell; it raises a DestinationError.
    """

    destination: Destination
    account: str
    place: Mapping[str, str] = field(default_factory=dict)
    owner: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class Target:
    """What a sync writes to: a kind of record, and what its exposure says of it beside."""

    object: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A kind of record. `required` and `optional` are the keys of `settings` in an exposure.

    `needs_unique_key`: by our own id somebody is taken out even where what was sent is not known.
    `capabilities` are known without a token; an open destination has those of its account.
    """

    capabilities: Capabilities
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needs_unique_key: bool = False


@dataclass(frozen=True)
class Connector:
    """How to open a destination by the settings in an environment, and what it can do.

    `objects` are the kinds of record that it writes. `needs` are the settings that make it real:
    all of them, or none and the sandbox stands in, which `sandboxed` gives the settings for, from
    its address. `open` gets settings that are complete.
    """

    objects: Mapping[str, Kind]
    needs: tuple[str, ...]
    sandboxed: Callable[[str], Environment]
    open: Callable[[Environment, Target], AbstractContextManager[Connection]]

    def is_real(self, environment: Environment) -> bool:
        """Tell whether the settings lead to an account. Raises ConfigError if half of them do."""
        missing = [name for name in self.needs if not environment.get(name, "").strip()]
        if missing and len(missing) < len(self.needs):
            there = [name for name in self.needs if name not in missing]
            raise ConfigError(
                f"{', '.join(there)} is set and {', '.join(missing)} is not: set all for the"
                " account, or none for the sandbox."
            )
        return not missing

    @contextmanager
    def connect(self, environment: Environment, target: Target) -> Iterator[Connection]:
        """Open the destination, and close it at the end. Nothing is sent before it is used.

        Where the sandbox stands in, it is the one that runs on DECILE_SANDBOX_URL; else one that
        runs as long as the connection does, with its state in DECILE_SANDBOX_STATE and its first
        records from DECILE_SANDBOX_RECORDS.
        """
        if self.is_real(environment):
            with self.open(environment, target) as connection:
                yield connection
            return
        with _sandbox(environment) as url:
            settings = {**environment, **self.sandboxed(url)}
            with self.open(settings, target) as connection:
                yield replace(connection, account=SANDBOX)


@contextmanager
def _sandbox(environment: Environment) -> Iterator[str]:
    if url := environment.get("DECILE_SANDBOX_URL", "").strip():
        yield url
        return
    with Sandbox(
        state=Path(environment.get("DECILE_SANDBOX_STATE") or f"{WORK_FOLDER}/sandbox.sqlite"),
        records=_records(environment.get("DECILE_SANDBOX_RECORDS")),
        token=DEFAULT_TOKEN,
    ) as sandbox:
        yield sandbox.url


def _records(path: str | None) -> Path | None:
    """Give the CSV to start with; a project without the sample starts with no contacts."""
    sample = Path("seeds/demo/raw_hubspot__contact.csv")
    return Path(path) if path else sample if sample.exists() else None


def address(url: str) -> dict[str, str]:
    """Give the part of a place that an address is, without what is behind the host."""
    parts = urlsplit(url)
    return {"address": f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""}


def owner_by(http: HttpClient, path: str, field: str, *, name: str) -> dict[str, str]:
    """Ask a vendor for the id of an account; nothing where the token may not, or there is none.

    `field` is where the answer has it, `a.b` within an object; `name` is what messages call it.
    """
    answer = http.send("GET", path, idempotent=True, accept=(403, 404))
    found: object = answer.body
    for part in field.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return {name: str(found)} if found else {}


def limiter(
    environment: Environment, calls: int, seconds: float, *, budget: str
) -> SharedRateLimiter:
    """Give the limit of an account, which all syncs of this machine share.

    `budget` names service, address and account. The file is DECILE_RATES.
    """
    file = Path(environment.get("DECILE_RATES") or f"{WORK_FOLDER}/rates.sqlite")
    return SharedRateLimiter(calls, seconds, file=file, budget=budget)
