"""What takes seconds to make and comes out the same each time, kept between processes.

A worker waits for the one that makes it; another content is another file.
"""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "target" / "test" / "kept"
MADE_BY = ("dbt-core", "dbt-duckdb", "duckdb")


def kept(name: str, make: Callable[[], bytes], *, files: Iterable[Path]) -> bytes:
    """Give what `make` gave for these files before; make it where it never did."""
    told = sha256(repr([sys.version, *map(version, MADE_BY)]).encode())
    for path in sorted(files):
        told.update(repr((str(path), path.read_bytes())).encode())
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = FOLDER / f"{name}-{told.hexdigest()[:32]}"
    with found.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            part = found.with_suffix(".part")
            part.write_bytes(make())
            part.replace(found)
    return found.read_bytes()
