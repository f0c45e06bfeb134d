"""Jobs of the Bulk API 2.0 in the sandbox: made, uploaded, done at once, and read later."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.salesforce_records import (
    NAME,
    PREFIXES,
    check_names,
    definitions,
    find_by_key,
    refusal,
    write,
)
from sync.sandbox.store import Store

JOB = "_job"
CSV = "text/csv; charset=utf-8"
MADE_OF = {"object", "operation", "externalIdFieldName", "contentType", "lineEnding"}


def make(store: Store, body: Mapping[str, Any]) -> Reply:
    """Answer POST jobs/ingest."""
    is_upsert = body.get("operation") == "upsert"
    right = (
        not set(body) - MADE_OF
        and body.get("object") in PREFIXES
        and body.get("operation") in ("update", "upsert")
        and is_upsert == ("externalIdFieldName" in body)
        and body.get("contentType") == "CSV"
        and body.get("lineEnding") == "LF"
    )
    if not right:
        return refusal(400, "INVALIDJOB", "The job is not one that this sandbox takes.")
    name = f"750{len(store.held_of(NAME, JOB)) + 1:015d}"
    job = {**body, "id": name, "state": "Open", "polls": 0}
    store.keep(NAME, JOB, name, job)
    return Reply(200, job | {"contentUrl": f"services/data/v68.0/jobs/ingest/{name}/batches"})


def answer(store: Store, request: Request, rest: str, failing: Mapping[str, str]) -> Reply:
    """Answer what is asked of one job."""
    name, _, part = rest.partition("/")
    job = store.held(NAME, JOB, name)
    if job is None:
        return refusal(404, "NOT_FOUND", "There is no such job.")
    match request.method, part.strip("/"):
        case "PUT", "batches":
            if job["state"] != "Open" or "upload" in job:
                return refusal(400, "INVALIDJOBSTATE", "The job has its upload.")
            job |= {"upload": request.body.decode(), "failing": dict(failing)}
            reply = Reply(201, "", type=CSV)
        case "PATCH", "":
            if job["state"] != "Open" or json.loads(request.body) != {"state": "UploadComplete"}:
                return refusal(400, "INVALIDJOBSTATE", "The job is not open.")
            job |= _done(store, job)
            reply = Reply(200, _shown(job | {"state": "UploadComplete"}))
        case "GET", "":
            job["polls"] += 1
            waits = job["polls"] == 1 and job["state"] == "JobComplete"
            reply = Reply(200, _shown(job | ({"state": "InProgress"} if waits else {})))
        case "GET", "successfulResults" | "failedResults":
            rows = job.get(part.strip("/"), "")
            return Reply(200, rows, {"Sforce-Locator": "null"}, type=CSV)
        case _:
            return refusal(405, "METHOD_NOT_ALLOWED", "There is no such call.")
    store.keep(NAME, JOB, name, job)
    return reply


def _shown(job: Mapping[str, Any]) -> dict[str, Any]:
    return {name: job[name] for name in ("id", "object", "state", "errorMessage") if name in job}


def _done(store: Store, job: Mapping[str, Any]) -> dict[str, Any]:
    reader = csv.DictReader(io.StringIO(job["upload"]))
    names, key = list(reader.fieldnames or ()), job.get("externalIdFieldName", "Id")
    known = definitions(store, job["object"])
    try:
        check_names({name: None for name in names if name != "Id"}, known, job["object"])
    except Refused:
        missing = next(name for name in names if name != "Id" and name not in known)
        why = f"InvalidBatch : Field name not found : {missing}"
        return {"state": "Failed", "errorMessage": why}
    successful: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for row in reader:
        code, result = job["failing"].get(row[key]), {}
        if code is None:
            result = _write(store, job["object"], key, row, known)
            code = None if result["success"] else result["errors"][0]["statusCode"]
        if code:
            failed.append({"sf__Id": "", "sf__Error": f"{code}:{row[key]} is wrong:--", **row})
        else:
            made = str(result["created"]).lower()
            successful.append({"sf__Id": result["id"], "sf__Created": made, **row})
    return {
        "state": "JobComplete",
        "successfulResults": _csv(["sf__Id", "sf__Created", *names], successful),
        "failedResults": _csv(["sf__Id", "sf__Error", *names], failed),
    }


def _write(
    store: Store, object_: str, key: str, row: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, Any]:
    given = {
        name: _value(text, known[name]["type"])
        for name, text in row.items()
        if name != "Id" and text != ""
    }
    record_id = row.get("Id")
    if key != "Id":
        found = find_by_key(store, object_, key, row[key])
        record_id = found[0] if found else None
    return write(store, object_, record_id, given)


def _value(text: str, kind: str) -> Any:
    if text == "#N/A":
        return None
    if kind == "boolean":
        return text.lower() == "true"
    return float(text) if kind == "double" else text


def _csv(names: list[str], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
