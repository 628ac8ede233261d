"""Rows find their pictures, however the names are written; and never another one's."""

import pytest

from sparring.data import matching

FILES = ("a/0.png", "a/1.png", "b/0.png")


def matched(files, pictures):
    rows = [{"file": file, "label": f"row {i}"} for i, file in enumerate(files)]
    labels = matching.match("t.csv", rows, pictures)
    return [labels.classes[i] for i in labels.y], list(labels.notes)


SAME = {
    "back slashes": ((r"a\0.png", r"a\1.png", r"b\0.png"), FILES),
    "this folder": (("./a/0.png", "a/./1.png", "b//0.png"), FILES),
    "accents": (("u\u0308.png", "ü/x.png"), ("ü.png", "u\u0308/x.png")),
}
OTHERWISE = {
    "a folder around": (FILES, tuple(f"set/images/{file}" for file in FILES)),
    "places on another disk": ([rf"D:\mine\{file}" for file in FILES], FILES),
    "absolute paths": ([f"/home/ann/set/{file}" for file in FILES], tuple(f"set/{file}" for file in FILES)),
    "no endings": (("a/0", "a/1", "b/0"), FILES),
    "other endings": (("a/0.jpg", "a/1.jpg", "b/0.jpg"), FILES),
    "no folders": (("0.png", "1.png", "2.png"), ("a/0.png", "a/1.png", "b/2.png")),
    "other capitals": (("A/0.PNG", "a/1.Png", "B/0.png"), FILES),
    "no endings and other capitals": (("A/0", "A/1", "B/0"), FILES),
    "numbers that lost their zeros": (("7", "10", "0"), ("img/007.png", "img/010.png", "img/000.png")),
    "names with a dot and no ending": (("1.5", "2.5"), ("1.5.png", "2.5.png")),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_names(case):
    files, pictures = SAME[case]
    assert matched(files, pictures) == ([f"row {i}" for i in range(len(files))], [])


@pytest.mark.parametrize("case", OTHERWISE)
def test_other_names_and_a_note(case):
    files, pictures = OTHERWISE[case]
    labels, [note] = matched(files, pictures)
    assert labels == [f"row {i}" for i in range(len(files))]
    assert "pictures in another way, such as" in note


@pytest.mark.parametrize(
    ("files", "pictures", "message"),
    [
        (("0.png", "1.png"), FILES, r"names pictures that are not there 0\.png \(1 in all\)"),
        (("0", "1"), ("0.png", "0.jpg"), "names pictures that are not there 0, 1"),
        (("train/0.png",), ("test/0.png",), r"names pictures that are not there train/0\.png"),
        (("0.png", "b/0.png"), ("0.png", "1.png"), r"has no row for 1\.png"),
        (("0.png", "b/0.png"), ("0.png",), r"has several rows for 0\.png"),
        (("x0.png",), ("0.png",), r"names pictures that are not there x0\.png"),
        ((), ("0.png",), r"has no row for 0\.png"),
    ],
)
def test_what_may_be_another_is_refused(files, pictures, message):
    with pytest.raises(ValueError, match=message):
        matched(files, pictures)


def test_a_picture_whose_whole_name_it_is_comes_first():
    assert matched(("0.png", "a/0.png"), ("0.png", "a/0.png")) == (["row 0", "row 1"], [])


def test_a_hundred_thousand_names_take_seconds():
    import time

    pictures = [f"set/{i % 1000:03}/{i // 1000}.png" for i in range(100_000)]
    start = time.process_time()
    labels, _ = matched([name.removeprefix("set/").removesuffix(".png") for name in pictures], pictures)
    assert labels[-1] == "row 99999"
    assert time.process_time() - start < 10
