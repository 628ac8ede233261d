"""Keeps results of the full tier: benchmarks/figures/, docs/images/figures/ and a part of docs/figures.md.

Usage: sparring figures --full; python tools/keep_figures.py      (tests/figures/test_kept.py compares)

It copies from runs/figures what was computed with the code as it is now. What is kept already stays.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from sparring.cli.figures import HOME
from sparring.cli.figures_kept import made_by, read
from sparring.figures import find, names
from sparring.figures.frame import Figure, Pair
from sparring.machine.files import write_atomically
from sparring.machine.words import counted

ROOT = Path(__file__).parents[1]
RESULTS, PICTURES = ROOT / "benchmarks" / "figures", ROOT / "docs" / "images" / "figures"
PAGE, HEAD, TAIL = ROOT / "docs" / "figures.md", "\n## Results of the full tier\n\n", "\n## Add a figure\n"
WORDS = """These are kept in `benchmarks/figures/`. The hash is that of the code that made them. If that has changed,
`sparring figures NAME` computes the figure again.

| figure | numbers | date | minutes | versions | hash |
| --- | --- | --- | --- | --- | --- |
"""
wrapped = partial(textwrap.fill, width=120, break_long_words=False, break_on_hyphens=False)


def full() -> list[Figure]:
    """The figures of the full tier, in the order of the page."""
    return sorted((figure for figure in map(find, names()) if figure.tier == "full"), key=lambda figure: figure.order)


def keep(figure: Figure) -> None:
    """Keeps a result that was computed with the code as it is: numbers in one file, pictures in others."""
    if (made := read(HOME / f"{figure.name}.json", figure)) is None:
        return
    files = [f"{made.name}-{i}.{one.kind.removesuffix('+xml')}" for i, one in enumerate(made.drawn.pictures, 1)]
    for name, picture in zip(files, made.drawn.pictures, strict=True):
        write_atomically(PICTURES / name, picture.content)
    about = {key: value for key, value in asdict(made).items() if key != "drawn"}
    pictures = [
        {"file": name, "alternative": one.alternative} for name, one in zip(files, made.drawn.pictures, strict=True)
    ]
    result = about | {"pictures": pictures, "pairs": [asdict(pair) for pair in made.drawn.pairs]}
    write_atomically(RESULTS / f"{made.name}.json", f"{json.dumps(result, indent=1, ensure_ascii=False)}\n".encode())


def kept() -> dict[str, dict[str, Any]]:
    """What is kept, by the names of figures."""
    files = {figure.name: RESULTS / f"{figure.name}.json" for figure in full()}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.is_file()}


def section(results: Mapping[str, Mapping[str, Any]]) -> str:
    """What docs/figures.md says of them."""
    there = [(figure, results[figure.name]) for figure in full() if figure.name in results]
    return WORDS + "".join(row(*each) for each in there) + "".join(shown(*each) for each in there)


def row(figure: Figure, made: Mapping[str, Any]) -> str:
    """A row of the table."""
    wrong = [pair for pair in (Pair(**each) for each in made["pairs"]) if not pair.holds]
    agreed = "; ".join(f"{p.name}: {p.measured:.3g}, not {p.expected:g}" for p in wrong) or "all agree"
    versions = ", ".join(f"{name} {number}" for name, number in made["versions"].items())
    first, last = f"[{figure.title}](#{figure.name})", f"`{made['sha256'][:16]}`"
    cells = (first, f"{len(made['pairs'])}, {agreed}", made["date"], f"{made['seconds'] / 60:.1f}", versions, last)
    return f"| {' | '.join(cells)} |\n"


def shown(figure: Figure, made: Mapping[str, Any]) -> str:
    """Its pictures and words."""
    pictures = "\n\n".join(f"![{one['alternative']}](images/figures/{one['file']})" for one in made["pictures"])
    parts = f"### {figure.name}", f"    {made['command']}", wrapped(figure.text), f"Source: {figure.source}."
    return "\n" + "\n\n".join([*parts[:3], wrapped(parts[3]), pictures]) + "\n"


def main() -> None:
    for figure in full():
        keep(figure)
    results, text = kept(), PAGE.read_text(encoding="utf-8")
    before, _, after = text.partition(HEAD)
    PAGE.write_text(before + HEAD + section(results) + TAIL + after.partition(TAIL)[2], encoding="utf-8")
    missing = [figure.name for figure in full() if figure.name not in results]
    older = [f.name for f in full() if f.name in results and results[f.name]["sha256"] != made_by(f)]
    print(f"{counted(len(results), 'result')} kept")
    for words, some in (("not computed yet", missing), ("made by other code than there is now", older)):
        if some:
            print(f"{words}: {', '.join(some)}")


if __name__ == "__main__":
    main()
