"""One job of the Bulk API 2.0: make it, upload the rows as CSV, wait, read what became of each.

Nothing is written before the job is told that its upload is complete, so an upload that failed
leaves no trace but an open job, which Salesforce throws away.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from sync.answers import Answer
from sync.changes import Change, Outcome
from sync.destinations.salesforce_answers import code_of, refused, stop_at_unknown_fields
from sync.errors import AccessRefused, Ambiguous, BatchRefused, DestinationError
from sync.http import HttpClient

# An empty cell leaves a field as it is; this clears it.
CLEARED = "#N/A"
LONGEST_WAIT = 240.0  # seconds: a lease of the ledger lasts for ten minutes
WAITS = (1.0, 2.0, 4.0, 8.0)

Row = Mapping[str, str | None]


class Bulk:
    """Jobs for one kind of record. `http` must take answers that are not JSON."""

    def __init__(
        self,
        http: HttpClient,
        object_: str,
        version: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._object = object_
        self._jobs = f"/services/data/v{version}/jobs/ingest"
        self._sleep = sleep

    def write(self, changes: Sequence[Change], rows: Sequence[Row], *, key: str) -> list[Outcome]:
        """Write rows that name their records in the column `key`, each record once."""
        job = f"{self._jobs}/{self._made(key)}"
        # Not repeated: a job takes one upload. Without an answer the job stays open, unused.
        csv_type = {"Content-Type": "text/csv; charset=utf-8"}
        self._http.send(
            "PUT", f"{job}/batches", body=_csv(rows, key), headers=csv_type, idempotent=False
        )
        # 400: it was told already, and the answer got lost. What counts is the state below.
        complete = {"state": "UploadComplete"}
        self._http.send("PATCH", job, body=complete, idempotent=True, accept={400})
        self._wait_for(job)
        return self._outcomes(job, changes, rows, key)

    def _made(self, key: str) -> str:
        body: dict[str, str] = {
            "object": self._object,
            "operation": "update" if key == "Id" else "upsert",
            "contentType": "CSV",
            "lineEnding": "LF",
        }
        if key != "Id":
            body["externalIdFieldName"] = key
        # May be repeated: a job without an upload does nothing.
        answer = self._http.send("POST", self._jobs, body=body, idempotent=True)
        made = _json(answer).get("id")
        if not isinstance(made, str) or not made.isalnum():
            raise Ambiguous(f"{answer} without the id of a job.")
        return made

    def _wait_for(self, job: str) -> None:
        waited, turn = 0.0, 0
        while True:
            answer = self._http.send("GET", job, idempotent=True)
            found = _json(answer)
            state = found.get("state")
            if state == "JobComplete":
                return
            if state in ("Failed", "Aborted"):
                raise _failure(answer, found)
            if state == "Open":
                raise DestinationError(f"{answer}: the job did not take its upload.")
            if waited >= LONGEST_WAIT:
                raise Ambiguous(
                    f"{answer}: the job is not done after {waited:.0f} s. Its rows are sent again"
                    " next time, which does no harm."
                )
            wait = WAITS[min(turn, len(WAITS) - 1)]
            self._sleep(wait)
            waited, turn = waited + wait, turn + 1

    def _outcomes(
        self, job: str, changes: Sequence[Change], rows: Sequence[Row], key: str
    ) -> list[Outcome]:
        """Give one outcome per change; what neither list names was not processed: pending."""
        done = {row.get(key): row.get("sf__Id") for row in self._results(job, "successful")}
        errors = {row.get(key): row.get("sf__Error") for row in self._results(job, "failed")}
        outcomes = []
        for change, sent in zip(changes, rows, strict=True):
            name = sent[key]
            if name in errors:
                outcomes.append(refused(change, code_of((errors[name] or "").split(":")[0]), ()))
            elif name in done:
                known = change.record_id or done[name] or None
                outcomes.append(Outcome(change.token, "accepted", known))
            else:
                outcomes.append(Outcome(change.token, "pending", change.record_id))
        stop_at_unknown_fields(changes, outcomes)
        return outcomes

    def _results(self, job: str, which: str) -> Iterator[Mapping[str, str]]:
        query: dict[str, str] = {}
        while True:
            path = f"{job}/{which}Results/"
            answer = self._http.send("GET", path, query=query or None, idempotent=True)
            reader = csv.DictReader(io.StringIO(answer.text))
            if answer.text and "sf__Id" not in (reader.fieldnames or ()):
                raise Ambiguous(f"{answer} with a body that is no list of results.")
            yield from reader
            locator = answer.headers.get("Sforce-Locator", "null")
            if locator == "null":
                return
            query = {"locator": locator}


def _failure(answer: Answer, found: Mapping[str, object]) -> DestinationError:
    # Such as "InvalidBatch : Field name not found : Leed_Score__c".
    reason = str(found.get("errorMessage") or "").split(" : ")
    if len(reason) > 1 and reason[1].startswith("Field name not found"):
        return AccessRefused(
            f"{answer}: a field is not there, or the app's user may not edit it. `decile setup"
            " salesforce` says which."
        )
    if reason[0].startswith("InvalidBatch"):
        return BatchRefused(f"{answer}: the job was refused.", code="INVALID_BATCH")
    return Ambiguous(f"{answer}: the job ended as {found.get('state')}.")


def _csv(rows: Sequence[Row], key: str) -> bytes:
    names = list(dict.fromkeys([key, *(name for row in rows for name in row)]))
    # A null or an empty text clears; a field that the row does not have is left alone.
    lines = [[(row[name] or CLEARED) if name in row else "" for name in names] for row in rows]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in [names, *lines]).encode()


def _quoted(text: str) -> str:
    # By hand: the library's writer leaves a carriage return without quotes.
    return '"' + text.replace('"', '""') + '"' if text else ""


def _json(answer: Answer) -> Mapping[str, object]:
    if answer.body is None:
        raise Ambiguous(f"{answer} with a body that is not a JSON object.")
    return answer.body
