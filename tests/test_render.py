from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.changes import FieldType
from sync.render import canonical, fingerprint, render

payloads = st.dictionaries(st.text(max_size=8), st.none() | st.text(max_size=8), max_size=5)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "number", None),
        ("", "string", ""),
        ("cafe\u0301", "string", "caf\u00e9"),
        (7, "integer", "7"),
        (Decimal("12.50"), "number", "12.5"),
        (Decimal("100"), "number", "100"),
        (Decimal("1E+3"), "number", "1000"),
        (Decimal("-0.00"), "number", "0"),
        (1e22, "number", "10000000000000000000000"),
        (1e-7, "number", "0.0000001"),
        (0.1, "number", "0.1"),
        (True, "boolean", "true"),
        (False, "boolean", "false"),
        (date(2026, 7, 1), "date", "2026-07-01"),
        (datetime(2026, 7, 1, 9, 30), "timestamp", "2026-07-01T09:30:00.000Z"),  # noqa: DTZ001
        (
            datetime(2026, 7, 1, 9, 30, 0, 120999, timezone(timedelta(hours=2))),
            "timestamp",
            "2026-07-01T07:30:00.120Z",
        ),
    ],
)
def test_a_value_has_one_text(value: object, kind: FieldType, text: str | None) -> None:
    assert render(value, kind) == text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (float("nan"), "number"),
        (Decimal("Infinity"), "number"),
        ("1,5", "number"),
        (True, "integer"),
        (1, "boolean"),
        ("2026-07-01", "date"),
        (datetime(2026, 7, 1, tzinfo=UTC), "date"),
        ("now", "timestamp"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_refused_unnamed(
    value: object, kind: FieldType
) -> None:
    with pytest.raises(ValueError, match=r"^not a") as refused:
        render(value, kind)
    assert str(value) not in str(refused.value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_number_survives_its_text(number: Decimal) -> None:
    text = render(number, "number")
    assert text is not None
    assert Decimal(text) == number
    assert "E" not in text
    assert render(Decimal(text), "number") == text


@given(st.text())
def test_the_two_spellings_of_a_letter_are_one_text(text: str) -> None:
    assert render(unicodedata.normalize("NFD", text), "string") == render(
        unicodedata.normalize("NFC", text), "string"
    )


@given(payloads)
def test_a_fingerprint_does_not_depend_on_the_order_of_fields(
    payload: dict[str, str | None],
) -> None:
    assert fingerprint(dict(reversed(payload.items()))) == fingerprint(payload)


@given(payloads, payloads)
def test_different_payloads_have_different_texts(
    one: dict[str, str | None], other: dict[str, str | None]
) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


def test_null_and_empty_text_are_two_things() -> None:
    assert fingerprint({"a": None}) != fingerprint({"a": ""})
    assert fingerprint({"a": None}) != fingerprint({})
