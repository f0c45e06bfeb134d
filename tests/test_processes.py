from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sync.processes import described, is_dead, program_of, this_process

NAMED = "from sync.processes import this_process; print(this_process(), flush=True); input()"
on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def test_this_process_lives_and_has_one_name() -> None:
    assert this_process() == this_process()
    assert not is_dead(this_process())


@on_linux
def test_a_process_is_dead_once_it_ended_even_before_its_parent_asks() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAMED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        name = other.stdout.readline().strip()
        assert described(name).startswith(f"process {other.pid} on ")
        assert not is_dead(name)
        other.kill()
        while not is_dead(name):
            pass
        other.wait()
    assert is_dead(name)


@on_linux
def test_a_number_that_was_given_again_is_another_process() -> None:
    host, pid, place, start = this_process().split(" ")
    assert is_dead(f"{host} {pid} {place} {int(start) - 1}")


def test_of_another_machine_or_container_nothing_is_known() -> None:
    host, _, place, _ = this_process().split(" ")
    assert not is_dead(f"elsewhere 999999999 {place} 1")
    assert not is_dead(f"{host} 999999999 {place}other 1")


def test_what_a_process_runs_is_told_without_its_arguments() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", "a@b.c"], stdin=-1) as other:
        assert program_of(other.pid) is None
        other.communicate(b"\n")
    with subprocess.Popen(["/bin/sleep", "9"]) as other:
        while program_of(other.pid) != "sleep":
            pass
        other.kill()
    assert program_of(999_999_999) is None


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("/venv/bin/python\0/venv/bin/decile\0forget\0a@b.c\0", "decile forget"),
        ("/venv/bin/decile\0--help\0", "decile"),
        ("/bin/python3.11\0/venv/bin/dbt\0build\0", "dbt build"),
        ("duckdb\0warehouse.duckdb\0", "duckdb"),
        ("\0", None),
    ],
)
def test_of_our_own_commands_the_first_word_is_told(
    command: str, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "cmdline").write_text(command)
    monkeypatch.setattr("sync.processes._PROC", tmp_path)
    assert program_of(7) == told
