"""Asynchronous batches of Mailchimp: done at once, told of at another address, without the key."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field

from sync.sandbox.rules import Strict, Text
from sync.sandbox.store import Store

SERVICE, KIND = "mailchimp", "_batches"
MADE = "/mailchimp/3.0/batches"
ONE = re.compile(rf"{MADE}/([0-9a-f]{{10}})")
RESULTS = re.compile(r"/mailchimp/results/([0-9a-f]{10})\.tar\.gz")
MEMBER = re.compile(r"/lists/([0-9a-f]{10})/members/([0-9a-f]{32})")
ROWS_PER_FILE = 200


class Operation(Strict):
    """One call of a batch. Of all that may be in one, members are updated here."""

    method: Literal["PATCH"]
    path: Annotated[str, Field(pattern=MEMBER.pattern)]
    params: dict[str, str] = {}
    operation_id: Text
    body: str

    @property
    def member(self) -> tuple[str, str]:
        """Give the audience and the member that the path names."""
        _, _, list_id, _, name = self.path.split("/")
        return list_id, name


class NewBatch(Strict):
    """The body of POST batches."""

    operations: Annotated[list[Operation], Field(min_length=1, max_length=1000)]


def keep(store: Store, results: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Keep what was answered to each operation."""
    name = uuid4().hex[:10]
    store.keep(SERVICE, KIND, name, {"results": list(results)})
    return {"id": name, "status": "pending", "response_body_url": ""}


def shown(store: Store, name: str, host: str) -> dict[str, Any] | None:
    """Give the state of a batch."""
    held = store.held(SERVICE, KIND, name)
    if held is None:
        return None
    results = held["results"]
    return {
        "id": name,
        "status": "finished",
        "total_operations": len(results),
        "finished_operations": len(results),
        "errored_operations": sum(one["status_code"] >= 400 for one in results),
        "response_body_url": f"http://{host}/mailchimp/results/{name}.tar.gz",
    }


def archive(store: Store, name: str) -> bytes | None:
    """Give the results as Mailchimp packs them: some files, each with a list."""
    held = store.held(SERVICE, KIND, name)
    if held is None:
        return None
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        folder = tarfile.TarInfo("./")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for start in range(0, len(held["results"]), ROWS_PER_FILE):
            text = json.dumps(held["results"][start : start + ROWS_PER_FILE]).encode()
            file = tarfile.TarInfo(f"./{uuid4().hex[:10]}.json")
            file.size = len(text)
            tar.addfile(file, io.BytesIO(text))
    return packed.getvalue()
