"""What every command shares: its common options, where it prints, and how it ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sync.errors import DecileError

ProjectDir = Annotated[Path, typer.Option(help="Folder of the dbt project.", file_okay=False)]
Target = Annotated[str | None, typer.Option(help="Target in profiles.yml. [default: dbt's]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
OneSync = Annotated[str | None, typer.Argument(metavar="SYNC", help="One sync. [default: all]")]

Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for another run to end.")]


@contextmanager
def command(project_dir: Path) -> Iterator[None]:
    """Work in the project's folder, and turn an error into its message and exit code."""
    # dbt and the paths in profiles.yml count from the working folder.
    started_in = Path.cwd()
    os.chdir(project_dir)
    try:
        yield
    except DecileError as error:
        show_error(error)
        raise typer.Exit(error.exit_code) from None
    finally:
        os.chdir(started_in)


def show_error(error: DecileError) -> None:
    """Print what went wrong."""
    err().print("[red]error[/]", end=" ")
    err().print(str(error), markup=False, soft_wrap=True)


def aside(line: str) -> None:
    """Print a line that is not part of the result."""
    err().print(line, style="dim", markup=False, soft_wrap=True)


def out() -> Console:
    """Give the console for results."""
    return Console(highlight=False)


def err() -> Console:
    """Give the console for everything else."""
    return Console(stderr=True, highlight=False)


def print_json(document: object) -> None:
    """Print one JSON document, and nothing else."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")
