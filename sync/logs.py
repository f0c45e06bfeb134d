"""What runs say while they go, as lines of JSON in .decile/logs/decile.jsonl.

With DECILE_LOG=stderr the same lines go to standard error, for whoever collects them there. No
line holds a value of a row: counts, times, names of syncs, and messages that were scrubbed.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sync.scrub import scrub

FILE = Path(".decile", "logs", "decile.jsonl")
LONGEST_FILE, FILES_KEPT = 5_000_000, 4

_LOGGERS = ("decile", "sync")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_WORDS = ("error", "detail")  # another system's words may be in them
_about: dict[str, object] = {}


@contextmanager
def open_log(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Write down what is logged inside. Where the file cannot be written, nothing is."""
    handlers: list[logging.Handler] = []
    with suppress(OSError):
        FILE.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(
            RotatingFileHandler(FILE, maxBytes=LONGEST_FILE, backupCount=FILES_KEPT, delay=True)
        )
    if environment.get("DECILE_LOG", "").strip() == "stderr":
        handlers.append(logging.StreamHandler())
    with ExitStack() as undo:
        for handler in handlers:
            handler.setFormatter(_Lines())
            undo.callback(handler.close)
        for logger in map(logging.getLogger, _LOGGERS):
            undo.callback(logger.setLevel, logger.level)
            undo.callback(setattr, logger, "propagate", logger.propagate)
            logger.setLevel(logging.INFO)
            logger.propagate = False  # dbt's libraries may print what reaches the root
            for handler in handlers:
                logger.addHandler(handler)
                undo.callback(logger.removeHandler, handler)
        yield


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add facts to every line inside, in whichever thread it is written: sync, account, run_id."""
    _about.update(facts)
    try:
        yield
    finally:
        for name in facts:
            _about.pop(name, None)


class _Lines(logging.Formatter):
    """One JSON object for each line. A traceback may show a value: only its error is named."""

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _OWN}
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": extra.pop("event", record.name.rpartition(".")[2]),
            **_about,
            **{name: scrub(str(v)) if v and name in _WORDS else v for name, v in extra.items()},
            "message": scrub(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)
