"""Have dbt build a part of the project in process, without a word unless it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sync.errors import WarehouseError
from sync.scrub import scrub
from sync.warehouse import WORK_FOLDER, quiet_dbt

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

SHOWN_ERRORS = 5


def build_quietly(
    manifest: Manifest,
    selection: Sequence[str],
    *,
    variables: Mapping[str, object],
    target: str | None,
    otherwise: str,
) -> None:
    """Build what is selected of a project that was parsed already.

    Variables hold for what is built, without the seconds of another parse. Raises WarehouseError,
    which begins with `otherwise`, where something fails.
    """
    from dbt.cli.main import dbtRunner

    arguments = [
        *("build", *selection),
        *("--vars", json.dumps(variables)),
        *("--target-path", str(WORK_FOLDER / "build")),
        *quiet_dbt(target),
    ]
    done = dbtRunner(manifest).invoke(arguments)
    if not done.success:
        raise WarehouseError("\n".join([otherwise, *_what_failed(done)]))


def _what_failed(done: Any) -> list[str]:
    results = getattr(done.result, "results", [])
    failed = [result for result in results if str(result.status) in ("error", "fail")]
    lines = [
        f"{result.node.name}: {scrub(str(result.message).strip().splitlines()[0])}"
        for result in failed[:SHOWN_ERRORS]
    ]
    return [*lines, *([str(done.exception)] if done.exception else [])]
