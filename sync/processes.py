"""Which process holds something: a name for this one, and whether another one still runs.

A process is named by `host pid place start`: the place is the boot and the container, where
process numbers mean the same; the start tells a process from a later one of the same number.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_TOLD = ("decile", "dbt")  # programs whose first word says what they do, and names nobody


def this_process() -> str:
    """Give the name of this process."""
    pid = os.getpid()
    return f"{socket.gethostname() or '-'} {pid} {_place()} {_start(pid)}"


def is_dead(holder: str) -> bool:
    """Tell whether a process is known to be gone. Of another machine nothing is known."""
    host, pid, place, start = holder.split(" ")
    if (host, place) != (socket.gethostname() or "-", _place()):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return start != _start(int(pid))


def described(holder: str) -> str:
    """Give a process in words."""
    host, pid, *_ = holder.split(" ")
    return f"process {pid} on {host}"


def program_of(pid: int) -> str | None:
    """Give what a process runs: `dbt build`. Its arguments may name a person and stay out."""
    try:
        words = (_PROC / str(pid) / "cmdline").read_text().split("\0")
    except OSError:
        words = _words_by_ps(pid)
    while len(words) > 1 and Path(words[0]).name.startswith(("python", "Python")):
        words = words[1:]
    program = Path(words[0]).name if words else ""
    if program.startswith("-") or not program.isprintable():
        return None
    told = words[1:2] if program in _TOLD else []
    return " ".join([program, *(word for word in told if word.isalpha())]) or None


def _words_by_ps(pid: int) -> list[str]:
    command = ["ps", "-o", "args=", "-p", str(pid)]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  (a number is all that varies)
    except (OSError, subprocess.CalledProcessError):
        return []


def _place() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        container = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return "-"
    return hashlib.sha256(f"{boot}{container}".encode()).hexdigest()[:12]


def _start(pid: int) -> str:
    try:
        status = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return "-"
    # The name before the last bracket may hold blanks; the start is the 20th word after it.
    words = status.rpartition(")")[2].split()
    # A zombie has ended: its parent has only not asked how.
    return "ended" if words[0] in "ZX" else words[19]
