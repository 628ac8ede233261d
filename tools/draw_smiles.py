"""Draws docs/images/smiles.png: the first strings of benchmarks/records/smiles.json, as molecules where they are some.

Usage: python tools/draw_smiles.py      (seconds; needs `pip install 'sparring[molecules]'`)

Of the record's first seed, in the order in which they were drawn.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw
from rdkit import Chem
from rdkit.Chem import Draw

from sparring.evaluation.pictures import below
from sparring.evaluation.record import Record
from sparring.kinds import drawing
from sparring.kinds.molecules import canonical
from sparring.looks.plots import QUIET, font

ROOT = Path(__file__).parents[1]
OUT, RECORD = ROOT / "docs" / "images" / "smiles.png", ROOT / "benchmarks" / "records" / "smiles.json"
ROWS = {
    "other real strings": "Strings of the test set",
    "real strings, characters shuffled": "The same, characters shuffled",
    "first": "After maximum likelihood",
    "second": "Then after REINFORCE",
    "longer": "Or after more maximum likelihood",
}
WIDTH, HEIGHT, ACROSS = 120, 84, 6


def cell(text: str) -> Image.Image:
    """A molecule, or the text that is none, in lines."""
    if canonical(text):
        return Draw.MolToImage(Chem.MolFromSmiles(text), size=(WIDTH, HEIGHT)).convert("RGB")
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    lines = [text[start : start + 13] for start in range(0, len(text), 13)]
    ImageDraw.Draw(picture).text((8, 12), "\n".join(lines), QUIET, font(12, "SansMono"))
    return picture


def row(texts: list[str]) -> Image.Image:
    """Their cells, side by side, in rows of `ACROSS`."""
    picture = Image.new("RGB", (WIDTH * ACROSS, HEIGHT * -(-len(texts) // ACROSS)), "white")
    for i, text in enumerate(texts):
        picture.paste(cell(text), (WIDTH * (i % ACROSS), HEIGHT * (i // ACROSS)))
    return picture


def main() -> None:
    details = Record.read(RECORD).details
    texts = {
        **details["strings"],
        **{point: run["texts"] for point, run in details["runs"][0].items() if point in ROWS},
    }
    picture = below((words, row(texts[name])) for name, words in ROWS.items())
    OUT.write_bytes(drawing.encode(picture))


if __name__ == "__main__":
    main()
