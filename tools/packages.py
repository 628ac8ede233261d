"""Tells type checkers what is below each package: the lists under `if TYPE_CHECKING` in its __init__.py.

Usage: python tools/packages.py      (after a module was added or renamed)
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from sparring.machine import lazy

SOURCE = Path(__file__).parents[1] / "src" / "sparring"


def main() -> None:
    for file in SOURCE.rglob("__init__.py"):
        package, text = ".".join(file.relative_to(SOURCE.parent).parent.parts), file.read_text(encoding="utf-8")
        importlib.import_module(package)
        lines = "".join(f"    from {package} import {name} as {name}\n" for name in sorted(lazy.below(package)))
        pattern = rf"(    from {re.escape(package)} import \w+ as \w+\n)+"
        if file.parent != SOURCE and re.search(pattern, text):
            file.write_text(re.sub(pattern, lines, text), encoding="utf-8")


if __name__ == "__main__":
    main()
