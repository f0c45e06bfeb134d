from __future__ import annotations

from pathlib import Path

import kept as kept_module
import pytest
from kept import kept


def test_what_is_kept_is_made_again_only_for_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "FOLDER", tmp_path / "kept")
    read, made = tmp_path / "model.sql", [b"first", b"second", b"third"]

    def given(name: str = "parsed") -> bytes:
        return kept(name, lambda: made.pop(0), files=[read])

    read.write_text("select 1")
    assert [given(), given()] == [b"first", b"first"]
    read.write_text("select 2")
    assert [given(), given()] == [b"second", b"second"]
    assert given("another") == b"third"


def test_what_could_not_be_made_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "FOLDER", tmp_path)
    with pytest.raises(ZeroDivisionError):
        kept("parsed", lambda: bytes(1 // 0), files=[])
    assert kept("parsed", lambda: b"made", files=[]) == b"made"
