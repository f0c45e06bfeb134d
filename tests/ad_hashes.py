"""Values to hash for ad platforms, and the queries that do it in the warehouse, on any engine.

tests/data/ad_hashes.csv holds what must come out; in its cells \\u00a0 is that character.
"""

from __future__ import annotations

import csv
import random
import unicodedata

from sync.hashing import EMPTY_DIGEST, NORMALISERS
from tests.normalisation import ROOT, literal, unescaped
from tests.rendered import macros

KINDS = [(platform, kind) for platform, kinds in NORMALISERS.items() for kind in kinds]
PIECES = ["@", "@", ".", "+", "-", "00", "(0)", "( 0 )", "1", "44", "0", "8005550100", "A", "é",
          "Ä", "ẞ", "İ", "Σ", "ΟΣ", "e\u0301", "\u00a0", "\u200b", "\u3000", "\ufeff", "＠", "７",
          "'", "’", "«", "_", "[", "]", "^", "\\", "gmail.com", "googlemail.com", "example",
          ".com", " ", "\n", "\t", "+49", "30", "23125000", "98121-9431", "US", "Female", "정",
          "d" * 64, "🙂", EMPTY_DIGEST]  # fmt: skip


def listed() -> list[tuple[str, str, str, str]]:
    with (ROOT / "tests" / "data" / "ad_hashes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["platform"], row["kind"], unescaped(row["given"]), row["expected"]) for row in rows
    ]


def generated(count: int) -> list[str]:
    """Texts made of what something depends on, and of any letters that both sides know."""
    chance = random.Random(7)
    letters = [chr(code) for code in range(1, 0x3100) if unicodedata.category(chr(code))[0] != "C"]
    return [
        "".join(
            chance.choice(PIECES if chance.random() < 0.8 else letters)
            for _ in range(chance.randint(0, 7))
        )
        for _ in range(count)
    ]


def query(texts: list[str], platform: str, kind: str, engine: str) -> str:
    """A select of the hashes of texts, in their order."""
    rows = ", ".join(f"({place}, {literal(text)})" for place, text in enumerate(texts))
    hashed = macros(engine)["ad_hash"](platform, kind, "given")
    return f"select {hashed} from (values {rows}) as listed (place, given) order by place"
