"""Tables of labels as spreadsheets, pandas and other tools write them."""

import json
from datetime import datetime

import pytest

from made import encoded, noise
from sparring.data import tables
from sparring.data.opening import open_data

ROWS = [("0.png", "b"), ("1.png", "a"), ("2.png", "b"), ("3.png", "a")]


def pictures(path, names=tuple(name for name, _ in ROWS)):
    for name in names:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encoded(noise(9, 8)))
    return path


def csv(*labels, head="file,label"):
    return f"{head}\n" + "".join(f"{i}.png,{label}\n" for i, label in enumerate(labels))


def opened(path, table, name="labels.csv"):
    file = pictures(path) / name
    file.write_bytes(table if isinstance(table, bytes) else table.encode())
    data = open_data(path)
    return data.classes, data.y.tolist(), list(data.report.notes)


WRITTEN = {
    "Excel's first line": csv("b", "a", "b", "a").replace(",", ";").replace("file", "sep=;\nfile", 1),
    "Excel's first line, and the ends of lines of Windows": "sep=,\r\n" + csv("b", "a", "b", "a").replace("\n", "\r\n"),
    "tabs": csv("b", "a", "b", "a").replace(",", "\t"),
    "the ends of lines of an old Mac": csv("b", "a", "b", "a").replace("\n", "\r"),
    "empty rows": csv("b", "a", "b", "a") + "\n,\n , \n",
    "rows of nan": csv("b", "a", "b", "a") + "nan,NaN\n",
    "empty columns at the end": "file,label\n0.png,b,,\n1.png,a,\n2.png,b\n3.png,a,,\n",
    "empty columns that have empty names": "file,label,,\n0.png,b,,\n1.png,a,,\n2.png,b,,\n3.png,a,,\n",
    "pandas' index": ",file,label\n0,0.png,b\n1,1.png,a\n2,2.png,b\n3,3.png,a\n",
    "an index with a name": "id,file,label\n0,0.png,b\n1,1.png,a\n2,2.png,b\n3,3.png,a\n",
    "quotes": '"file","label"\n"0.png","b"\n"1.png","a"\n"2.png","b"\n"3.png","a"\n',
    "other columns twice": "file,x,label,x\n0.png,,b,1\n1.png,,a,2\n2.png,,b,\n3.png,,a,nan\n",
    "UTF-8 with a mark": csv("b", "a", "b", "a").encode("utf-8-sig"),
    "UTF-16 with a mark": csv("b", "a", "b", "a").encode("utf-16"),
    "UTF-16 of the other order": b"\xfe\xff" + csv("b", "a", "b", "a").encode("utf-16-be"),
    "UTF-16 without a mark": csv("b", "a", "b", "a").encode("utf-16-le"),
    "UTF-32": csv("b", "a", "b", "a").encode("utf-32"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_however_it_is_written(case, tmp_path):
    assert opened(tmp_path, WRITTEN[case]) == (["a", "b"], [1, 0, 1, 0], [])


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (("1.0", "2.0", "10.0", "2.0"), ["1", "2", "10"]),
        (("10", "9", "-1", "9"), ["-1", "9", "10"]),
        (("01", "1", "2", "2"), ["01", "1", "2"]),
        (("9" * 5000, "8", "8", "8"), ["8", "9" * 5000]),
        (("b 10", "b 9", "a", "a"), ["a", "b 10", "b 9"]),
        (("10", "9", "a", "a"), ["9", "10", "a"]),
    ],
)
def test_numbers_are_in_their_order(labels, classes, tmp_path):
    assert opened(tmp_path, csv(*labels))[0] == classes


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "<NA>", "NaT", "#N/A", " ", "NULL"])
def test_a_missing_label_is_missing(cell, tmp_path):
    with pytest.raises(ValueError, match=r"'labels\.csv' has no label for 2\.png \(1 in all\)"):
        opened(tmp_path, csv("b", "a", cell, "a"))


@pytest.mark.parametrize("cell", ["None", "NA", "no", "0"])
def test_what_may_be_a_name_is_one(cell, tmp_path):
    assert cell in opened(tmp_path, csv(cell, "b", cell, "b"))[0]


def test_labels_with_accents_of_either_kind_are_one_class(tmp_path):
    assert opened(tmp_path, csv("é", "e\u0301", "a", "a"))[0] == ["a", "é"]


def test_a_caption_may_be_missing_beside_a_label(tmp_path):
    opened(tmp_path, "file,label,text\n0.png,a,nan\n1.png,b,x\n2.png,a,y\n3.png,b,z\n")
    assert open_data(tmp_path).captions == ["", "x", "y", "z"]


def frame(**columns):
    import io

    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(pa.table({"file": [f for f, _ in ROWS], "label": [y for _, y in ROWS], **columns}), buffer)
    return buffer.getvalue()


def test_columns_of_any_type_that_nobody_uses(tmp_path):
    import pyarrow as pa

    odd = {
        "taken": pa.array([1] * 4, pa.timestamp("ns")),
        "far": pa.array([2**62] * 4, pa.timestamp("us")),
        "box": [[1, 2]] * 4,
        "bytes": [b"\xff"] * 4,
    }
    assert opened(tmp_path, frame(**odd), "t.parquet") == (["a", "b"], [1, 0, 1, 0], [])


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([2.0, 10.0, 2.0, 10.0], ["2", "10"]),
        ([True, False, True, True], ["False", "True"]),
        ([3, 3, 20, 3], ["3", "20"]),
    ],
)
def test_labels_of_any_plain_type(values, classes, tmp_path):
    assert opened(tmp_path, frame(label=values), "t.parquet")[0] == classes


def test_times_as_labels(tmp_path):
    assert opened(tmp_path, frame(label=[datetime(2000, 1, 1)] * 4), "t.parquet")[0] == ["2000-01-01 00:00:00"]  # noqa: DTZ001


def test_missing_values_of_pandas_are_missing(tmp_path):
    with pytest.raises(ValueError, match=r"has no label for 1\.png, 3\.png \(2 in all\)"):
        opened(tmp_path, frame(label=[1.0, float("nan"), 2.0, None]), "t.parquet")


def lines(**more):
    return "".join(json.dumps({"file_name": file, "label": y, **more}) + "\n" for file, y in ROWS)


def test_the_metadata_of_hugging_face(tmp_path):
    found = opened(tmp_path, lines(objects={"bbox": [[1, 2, 3, 4]]}, text="x") + "\n", "metadata.jsonl")
    assert found == (["a", "b"], [1, 0, 1, 0], [])
    assert open_data(tmp_path / "metadata.jsonl").captions == ["x"] * 4


@pytest.mark.parametrize(
    "labels",
    [
        [["0.png", 1], ["1.png", 0], ["2.png", 1], ["3.png", 0]],
        {"0.png": 1, "1.png": 0, "2.png": 1, "3.png": 0},
        [["0.png", [0, 1]], ["1.png", [1, 0]], ["2.png", [0, 1]], ["3.png", [1, 0]]],
    ],
)
def test_the_labels_of_stylegan(labels, tmp_path):
    assert opened(tmp_path, json.dumps({"labels": labels}), "dataset.json") == (["0", "1"], [1, 0, 1, 0], [])


@pytest.mark.parametrize("content", ['{"labels": null}', '{"images": []}', "[1]", "{", "[" * 100_000, "null", b"\xff"])
def test_a_dataset_json_without_labels(content, tmp_path):
    pictures(tmp_path, ("x/0.png", "x/1.png", "y/2.png"))
    (tmp_path / "dataset.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert open_data(tmp_path).classes == ["x", "y"]


REFUSED = {
    "an old code page": (
        "labels.csv",
        csv("b", "a", "é", "a").encode("cp1252"),
        r"'labels\.csv' is in an old code page \(line 4 has the byte e9\): save it as CSV in UTF-8",
    ),
    "a workbook": ("labels.csv", b"PK\x03\x04...", "is an Excel or OpenDocument workbook: save its sheet as CSV"),
    "an old workbook": ("labels.csv", b"\xd0\xcf\x11\xe0 and so on", "is an old Excel workbook: save its sheet as CSV"),
    "a label twice": ("labels.csv", "file,label,label\n0.png,a,b\n", "has 2 columns 'label'; expected one: rename"),
    "a short row": ("labels.csv", csv("a", "b") + "2.png\n", r"row 4 of the table .* has 1 cells; expected 2"),
    "JSON lines of lists": ("m.jsonl", "[1]\n", "row 1 of the table 'm.jsonl' is a list; expected an object such as"),
    "no JSON lines": ("m.jsonl", "{\n", r"'m\.jsonl' cannot be read \(Expecting"),
    "deep JSON": ("m.jsonl", "[" * 100_000, r"'m\.jsonl' cannot be read"),
    "a number without end": ("m.jsonl", '{"file": "0.png", "label": ' + "1" * 5000 + "}", "'m.jsonl' cannot be read"),
    "labels that are lists": (
        "m.jsonl",
        '{"file": "0.png", "label": [1]}',
        "row 1 of the table 'm.jsonl' holds a list in 'label'; expected a text or a number",
    ),
    "vectors of StyleGAN": ("dataset.json", '{"labels": [["0.png", [0.5, 0.2]]]}', "holds a list in 'labels'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, tmp_path):
    name, content, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as error:
        opened(tmp_path, content, name)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("unit", "value"), [("us", 2**62), ("ns", 1)])
def test_labels_beyond_what_times_can_be(unit, value, tmp_path):
    import pyarrow as pa

    with pytest.raises(ValueError, match=r"'t\.parquet' cannot be read \(.*: save it again, or as CSV"):
        opened(tmp_path, frame(label=pa.array([value] * 4, pa.timestamp(unit))), "t.parquet")


def test_a_huge_table(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST", 20)
    with pytest.raises(ValueError, match=r"'labels\.csv' has over 0 MB: keep the columns 'file'"):
        opened(tmp_path, csv("a", "b", "a", "b"))


def test_odd_vectors_and_endless_columns_are_words():
    odd = {"labels": [["0.png", [["a"], 1]]]}
    with pytest.raises(ValueError, match=r"row 1 of the table 'dataset.json' holds a list in 'labels'"):
        tables.read("dataset.json", json.dumps(odd).encode())
    with pytest.raises(ValueError, match="has the columns") as caught:
        tables.read("a.csv", ",".join(f"column {i}" for i in range(10**4)).encode())
    assert len(str(caught.value)) < 1000
