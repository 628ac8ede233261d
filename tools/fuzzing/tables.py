"""Readers of tables, labels, text, answers and records."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fuzzing import mutation
from fuzzing.mutation import Touch
from fuzzing.pictures import WHOLE
from fuzzing.reader import GIVEN, Files, Reader, encoded, named, opened, pixels

__all__ = ["READERS"]

PICTURES = {f"{GIVEN}/{i}.png": encoded(pixels(9, 8 + i)) for i in range(3)}
ROWS = [(f"{i}.png", ("cat", "dog")[i % 2], f"a small, {i}") for i in range(3)]


def _delimited(sign: str, touch: Touch) -> bytes:
    head = touch.pick(("file,label,caption", "file_name,text,x", "id,class,prompt", ",file,label"))
    lines = [head, *(f'{file},{label},"{caption}"' for file, label, caption in ROWS)]
    return touch(
        "\n".join(lines).replace(",", sign).encode(touch.pick(("utf-8", "utf-8-sig", "utf-16"))), mutation.text
    )


@cache
def _columns() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    names, labels, captions = zip(*ROWS, strict=True)
    parquet.write_table(pa.table({"file": names, "label": labels, "text": captions, "n": [1, 2, 3]}), buffer)
    return buffer.getvalue()


def _workbook(touch: Touch) -> bytes:
    from fuzzing.reader import zipped

    return touch(zipped([("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", b"<worksheet/>")]))


_TABLES: dict[str, Callable[[Touch], bytes]] = {
    "csv": lambda touch: _delimited(",", touch),
    "tsv": lambda touch: _delimited("\t", touch),
    "parquet": lambda touch: touch(_columns()),
    "jsonl": lambda touch: b"\n".join(
        touch(json.dumps({"file_name": file, "text": caption, "label": label}).encode(), mutation.tree)
        for file, label, caption in ROWS
    ),
    "dataset.json": lambda touch: touch(
        json.dumps(
            touch.pick(
                (
                    {"labels": [[file, i] for i, (file, _, _) in enumerate(ROWS)]},
                    {"labels": {file: [0, 1] for file, _, _ in ROWS}},
                    {"labels": None},
                )
            )
        ).encode(),
        mutation.tree,
    ),
    "xlsx": _workbook,
}


def _beside(kind: str) -> Callable[[Touch], Files]:
    """Pictures and a table of labels."""
    file = kind if "." in kind else f"metadata.{kind}"
    return lambda touch: {**PICTURES, f"{GIVEN}/{file}": _TABLES[kind](touch)}


def _named_as_csv(touch: Touch) -> Files:
    """Any table, named as another one."""
    kind = touch.pick([*_TABLES])
    return {**PICTURES, f"{GIVEN}/a.{touch.pick(('csv', 'jsonl', 'tsv', 'parquet'))}": _TABLES[kind](touch)}


def _names(touch: Touch) -> Files:
    """Odd names in folders for classes, and what other tools leave."""
    names = [named(touch, name) for name in ("one/a.png", "two/b.png", "two/c.png", "00000/img00000001.png")]
    more = ("labels/0.txt", "data.yaml", "annotations/0.xml", "instances_train.json", "config.json", "a.arrow", "b.mdb")
    others = {
        named(touch, touch.pick(more)): touch(
            b'{"recipe": 1, "config": 2, "data": 3, "format": 3, "sha256": ""}', mutation.tree
        )
    }
    return {f"{GIVEN}/{name}": content for name, content in {**dict.fromkeys(names, WHOLE), **others}.items()}


def _sheet(folder: Path) -> object:
    """The report, and its contact sheet, as `sparring data report FOLDER --out` draws it."""
    from sparring.data import opening, preparation, report, sheet

    data = opening.open_data(folder / GIVEN, preparation.Preparation(size=16))
    assert data.report is not None
    return sheet.sheet(data, data.report).size, report.lines(data.report)


ANSWERS = {
    "turing": 1,
    "runs": ["a"],
    "model": "0",
    "answers": [{"generated": bool(i % 2), "said": "real"} for i in range(4)],
}
TABLE = b"name;size;count;answer\nAnn;1.5;3;yes\nBo;-2.25;4;\nAnn;10;3;no\n" + b"Cy;7.5;3;no\n" * 3
LINES = b"CC(=O)O\nc1ccccc1\nC[C@H](N)C(=O)O\n\nMKVLAAGG\nthe cat sat\n"


def _rows(folder: Path) -> object:
    from sparring.data import spreadsheet

    data = spreadsheet.read(folder / f"{GIVEN}.csv")
    return data.kind.decode(data.x[:2])  # type: ignore[attr-defined]


def _sequences(folder: Path) -> object:
    from sparring.data import sequences

    return [sequences.read(folder / f"{GIVEN}.txt", words=words).x.sum() for words in (False, True)]


def _turing(folder: Path) -> object:
    from sparring.cli import turing

    return turing.read_answers(folder / f"{GIVEN}.json")


READERS = (
    *(Reader(f"labels {kind}", _beside(kind), opened(size=16)) for kind in _TABLES),
    Reader("labels misnamed", _named_as_csv, opened(size=16)),
    Reader(
        "labels file",
        lambda touch: {**PICTURES, "l.csv": _delimited(",", touch)},
        lambda folder: opened(size=16, labels=str(folder / "l.csv"))(folder),
    ),
    Reader("names", _names, _sheet),
    Reader(
        "rows",
        lambda touch: {f"{GIVEN}.csv": touch(TABLE.replace(b";", touch.pick((b";", b",", b"\t"))), mutation.text)},
        _rows,
    ),
    Reader("sequences", lambda touch: {f"{GIVEN}.txt": touch(LINES, mutation.text)}, _sequences),
    Reader("answers", lambda touch: {f"{GIVEN}.json": touch(json.dumps(ANSWERS).encode(), mutation.tree)}, _turing),
)
"""One for each kind of table or text."""
