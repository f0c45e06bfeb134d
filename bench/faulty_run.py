"""A sync of the sample while its destination fails in several ways, and the run that mends it.

Run it in a project that was built. Works on a copy of the warehouse without its
ledger, against a sandbox of its own. Prints a transcript: commands, what they printed, and after
`#` what the sandbox was told to do.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import requests
import yaml

from sync.sandbox import Sandbox

RECORDS = Path("seeds", "demo", "raw_hubspot__contact.csv")
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("one contact is refused, in a batch that is written otherwise", {
        "kind": "row_error", "record_id": "1001", "code": "INVALID_INTEGER", "times": None,
    }),
    ("an answer leaves out one contact", {"kind": "omit_row", "record_id": "1100"}),
    ("one call meets a limit", {"kind": "status", "status": 429, "retry_after": 1, "after": 3}),
    ("one call is written, then a gateway fails", {"kind": "applied_then_502", "after": 4}),
    ("one connection breaks in the middle of the answer", {"kind": "cut", "after": 5}),
    ("after ten calls the quota of the day is used up", {
        "kind": "status", "status": 429, "policy": "DAILY", "after": 10, "times": None,
    }),
)  # fmt: skip


def main() -> None:
    """Set the scene, and print what is typed and what is printed."""
    with (
        TemporaryDirectory() as name,
        Sandbox(state=Path(name) / "sandbox.sqlite", records=RECORDS) as sandbox,
    ):
        settings = scene(Path(name)) | {"DECILE_SANDBOX_URL": sandbox.url}
        run("setup hubspot", settings)
        for said, fault in FAULTS:
            print(f"# {said}")
            ask(sandbox, "POST", fault)
        show("sync hubspot_contacts", settings)
        show("rejections", settings)
        print("# the next day, all of it is mended")
        ask(sandbox, "DELETE", None)
        show("plan hubspot_contacts --sample 0", settings)
        show("sync hubspot_contacts", settings)
        show("status", settings)


def scene(folder: Path) -> dict[str, str]:
    """Copy the warehouse without its ledger; give the settings that lead there."""
    built = Path(os.environ.get("DECILE_DUCKDB_PATH", "warehouse.duckdb"))
    # The copy has the name of the original: it is part of what dbt says it built.
    copy = folder / built.name
    copy.write_bytes(built.read_bytes())
    with duckdb.connect(copy) as warehouse:
        schema = yaml.safe_load(Path("profiles.yml").read_text())["decile"]["outputs"]
        name = next(iter(schema.values()))["schema"]
        warehouse.execute(f"drop schema if exists {name}_ledger cascade")
    return {
        **os.environ,
        "COLUMNS": "88",
        "DECILE_DUCKDB_PATH": str(copy),
        "DECILE_RATES": str(folder / "rates.sqlite"),
    }


def ask(sandbox: Sandbox, method: str, fault: dict[str, Any] | None) -> None:
    """Tell the sandbox how to behave."""
    address = f"{sandbox.url}/sandbox/faults"
    requests.request(method, address, json=fault, timeout=5).raise_for_status()


def show(command: str, settings: dict[str, str]) -> None:
    """Print a command, what it printed, and what it ended with."""
    done = run(command, settings)
    print(f"$ decile {command}")
    for line in (done.stdout + errors(done.stderr)).strip("\n").splitlines():
        print(without_time(line.rstrip()))
    if done.returncode:
        print(f"(exit code {done.returncode})")
    print()


def run(command: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of decile in the project."""
    program = [sys.executable, "-c", "from sync.cli import app; app()", *command.split()]
    return subprocess.run(program, env=settings, check=False, capture_output=True, text=True)


def errors(printed: str) -> str:
    """Leave out the line that names the sandbox."""
    return "\n".join(line for line in printed.splitlines() if "using the sandbox" not in line)


def without_time(line: str) -> str:
    """Put one moment for all: the transcript is the same whenever it is made."""
    return re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", "2026-07-01 06:00", line)


if __name__ == "__main__":
    main()
