"""Paste the start of `decile report` into README.md, as it stands after `make run`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
LEADS_SHOWN = 3
BLOCK = re.compile(r"(<!-- report -->\n).*?(<!-- end of report -->)", re.S)
LEAD = re.compile(r"^[0-9a-f]{8}\s")


def excerpt(report: str) -> str:
    """Cut the report before the lead that is one too many."""
    kept, leads = [], 0
    for line in report.strip("\n").splitlines():
        leads += bool(LEAD.match(line))
        if leads > LEADS_SHOWN:
            break
        kept.append(line.rstrip())
    return "\n".join([*kept, "..."])


def main() -> None:
    """Run the report and replace what README.md shows of it."""
    report = subprocess.run(
        [sys.executable, "-c", "from sync.cli import app; app()", "report"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    shown = f"```\n{excerpt(report)}\n```\n"
    README.write_text(BLOCK.sub(lambda found: found[1] + shown + found[2], README.read_text()))


if __name__ == "__main__":
    main()
