"""Macros that are expressions, as the SQL of one engine, without the seconds that dbt takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment

MACROS = Path(__file__).parents[1] / "macros"
NAMES = [
    "dispatch/matches_regex", "dispatch/regex_replace", "dispatch/lower_text", "plain_text",
    "letters_beyond_ascii", "domain_pattern", "email_pattern", "normalize_email",
    "phone_digits", "phone_with_code", "normalize_phone", "name_key", "country_key",
    "normalize_name", "url_domain", "dispatch/composed", "dispatch/sha256", "ad_blanks",
    "ad_punctuation", "ad_trim", "ad_text", "ad_email", "ad_phone", "ad_normal",
    "ad_empty_digest", "ad_hash", "offer_code", "share_drawn", "number_pattern",
    "dispatch/number_or_null", "dispatch/days_between",
]  # fmt: skip
Macro = Callable[..., str]


class Adapter:
    """What dbt's adapter does here: choose the engine's own version of a macro."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.macros: dict[str, Macro] = {}

    def dispatch(self, name: str, _package: str) -> Macro:
        return self.macros.get(f"{self.engine}__{name}") or self.macros[f"default__{name}"]


@cache
def macros(engine: str) -> dict[str, Macro]:
    """The macros of the normalisation, by name."""
    adapter = Adapter(engine)
    environment = Environment(extensions=["jinja2.ext.do"])  # noqa: S701  (makes SQL, not HTML)
    environment.globals |= {"adapter": adapter, "return": lambda value: value}
    texts = [(MACROS / f"{name}.sql").read_text(encoding="utf-8") for name in NAMES]
    adapter.macros = vars(environment.from_string("\n".join(texts)).module)
    return adapter.macros
