"""The codes of offers: what they look like, and that nobody makes one without the key."""

from __future__ import annotations

import hashlib
import re

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import macros

SIGNS = "234679CDHKNPRTXZ"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
CONNECTION = duckdb.connect()


def code_of(key: str, message: str) -> str:
    expression = macros("duckdb")["offer_code"]("offer_key", "message")
    query = f"select {expression} from (select ? as offer_key, ? as message)"  # noqa: S608  (ours)
    (row,) = CONNECTION.execute(query, [key, message]).fetchall()
    return str(row[0])


@settings(deadline=None, max_examples=50)
@given(TEXTS, TEXTS)
def test_a_code_is_twelve_signs_that_nobody_mistakes(key: str, message: str) -> None:
    assert re.fullmatch(f"[{SIGNS}]{{4}}(-[{SIGNS}]{{4}}){{2}}", code_of(key, message))
    assert not {*"01OIL5S8B"} & {*SIGNS}


@settings(deadline=None, max_examples=50)
@given(TEXTS, TEXTS)
def test_a_code_is_the_hash_of_a_keyed_hash(key: str, message: str) -> None:
    inner = hashlib.sha256(f"{key}:{message}".encode()).hexdigest()
    outer = hashlib.sha256(f"{key}/{inner}".encode()).hexdigest()
    digits = outer[:12].translate(str.maketrans("0123456789abcdef", SIGNS))
    assert code_of(key, message) == "-".join((digits[:4], digits[4:8], digits[8:]))


def test_another_key_makes_other_codes() -> None:
    expression = macros("duckdb")["offer_code"]("offer_key", "message")
    query = f"""
        select offer_key, {expression} as code
        from (select cast(number as varchar) as message from range(500) as numbers (number))
        cross join (select unnest(['mine', 'sample']) as offer_key)
    """  # noqa: S608  (ours)
    codes = {code for _, code in CONNECTION.execute(query).fetchall()}
    assert len(codes) == 1000
