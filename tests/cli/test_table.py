import pytest

from sparring.cli.table import amount, table


def test_the_last_column_is_not_padded():
    rows = [("a", "b", "c"), ("aa", "1", "a longer one"), ("", "22", "")]
    assert table("<><", rows) == "a    b  c\naa   1  a longer one\n    22"
    assert table(">>", [("1", "2"), ("10", "")]) == " 1  2\n10"


@pytest.mark.parametrize(
    ("bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_600, "1 MB"), (3_190_000, "3.19 MB"), (2.5e9, "2.5 GB"),
     (1.5e15, "1,500.0 TB")],
)  # fmt: skip
def test_amount(bytes, text):
    assert amount(bytes) == text
