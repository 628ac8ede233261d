import hashlib

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring.data.opening import open_data
from sparring.data.spreadsheet import parse, penguins, read
from sparring.kinds.columns import Category, Number

COLUMNS = """name;size;count;answer\nAnn;1.5;3;yes\n"Bo; b";-2.25;4;\nAnn;10;3;no\n"""


def test_columns_are_told_apart():
    data = parse("a", COLUMNS.encode("utf-8-sig"))
    assert data.kind.columns == (
        Category("name", ("Ann", "Bo; b")), Number("size", -2.25, 10.0, 2), Category("count", ("3", "4")),
        Category("answer", ("missing", "no", "yes")),
    )  # fmt: skip
    assert data.kind.decode(data.x)[1] == ("Bo; b", "-2.25", "4", "missing")


def test_whole_numbers_of_many_values_are_numbers():
    few, many = ("n\n" + "\n".join(map(str, range(count))) for count in (20, 21))
    assert isinstance(parse("a", few.encode()).kind.columns[0], Category)
    assert parse("a", many.encode()).kind.columns == (Number("n", 0.0, 20.0, 0),)


def test_large_and_small_numbers():
    assert parse("a", b"n\n1e-3\n2.5E4\n").kind.columns == (Number("n", 0.001, 25000.0, None),)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(10**4), 10**4), st.sampled_from(["", "ä,;\"\n'"])),
             min_size=2, max_size=40)
)  # fmt: skip
def test_what_is_read_is_written_again(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("rows")
    quoted = [(a, f"{b / 100:.2f}", '"' + c.replace('"', '""') + '"') for a, b, c in rows]
    text = "a,b,c\n" + "".join(",".join(row) + "\n" for row in quoted)
    data = parse("a", text.encode())
    cells = [(a, f"{b / 100:.2f}", c or "missing") for a, b, c in rows]
    assert [tuple(map(number, row)) for row in data.kind.decode(data.x)] == [tuple(map(number, row)) for row in cells]
    [path] = data.kind.save(data.x, folder / "again.csv")
    assert path == folder / "again.csv"
    assert torch.equal(data.kind.load(path), data.x)


def number(cell):
    """-0.00 is 0.00."""
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize(
    "content",
    [
        "name,size\nAnn,1.5\nBo,2.5\n,3.5\n".encode("utf-16"),
        b"sep=;\r\nname;size\r\nAnn;1.5\r\nBo;2.5\r\n;3.5\r\n;\r\n\r\n",
        b"name\tsize\nAnn\t1.5\nBo\t2.5\nnan\t3.5\n",
        b"name,size,,\nAnn,1.5,,\nBo,2.5,,\n<NA>,3.5,,\n,,,\n",
        b",name,size\n0,Ann,1.5\n1,Bo,2.5\n2,,3.5\n",
    ],
)
def test_as_spreadsheets_and_pandas_write_them(content):
    data = parse("a", content)
    assert data.kind.columns == (Category("name", ("Ann", "Bo", "missing")), Number("size", 1.5, 3.5, 1))
    assert len(data) == 3


def test_a_missing_cell_in_the_only_column_is_a_row():
    assert parse("a", b'n\nx\n""\n\ny\n').kind.columns == (Category("n", ("missing", "x", "y")),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1.5,x\n,y\n2.5,z\n", "row 3 of the column 'a' holds ''; expected a number"),
        ("a\n1.5\nNA\n2.5\n3\n", "row 3 of the column 'a' holds 'NA'; expected a number"),
        ("a,b\n1,2\n3\n", "row 3 of the table 'a.csv' has 1 cells; expected 2"),
        ("a,a\n1,2\n3,4\n", "of different names"),
        ("a\n1\n", "has 1 rows below its first line; expected 2 or more"),
        ("", "has 0 rows"),
        ('a\n"open\n', "cannot be read .*: save it as CSV in UTF-8"),
        ("a\n" + "".join(f"x{i}\n" for i in range(101)), "column 'a' has 101 different texts; expected 100 or fewer"),
    ],
)
def test_what_is_no_table_is_said_in_a_line(text, message):
    with pytest.raises(ValueError, match=message) as error:
        parse("a.csv", text.encode())
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["a\n1.5\n2.5\n3\n" + "9x" * 5000 + "\n", "a" * 9999 + "\n1.5\nx\n2.5\n3\n"])
def test_of_a_long_cell_a_line_says_the_ends(content):
    with pytest.raises(ValueError, match="expected a number") as error:
        parse("a.csv", content.encode())
    assert len(str(error.value)) < 2000


def test_bytes_that_are_no_text():
    with pytest.raises(ValueError, match="save it as CSV in UTF-8"):
        parse("a.csv", "a\nä\nö\n".encode("latin-1"))


def test_the_digest_is_of_the_content(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\nx\ny\n")
    before = read(path).digest()
    assert before == hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text("a\nx\nz\n")
    assert read(path).digest() != before, "the codes are the same, the names are not"


def test_the_penguins():
    data = penguins()
    assert len(data) == 342
    assert [(c.name, c.width) for c in data.kind.columns] == [
        ("species", 3), ("island", 3), ("bill_length_mm", 1), ("bill_depth_mm", 1), ("flipper_length_mm", 1),
        ("body_mass_g", 1), ("sex", 3), ("year", 3),
    ]  # fmt: skip
    assert data.kind.decode(data.x)[0] == ("Adelie", "Torgersen", "39.1", "18.7", "181", "3750", "male", "2007")
    assert torch.equal(open_data("penguins").x, data.x)
