"""Labels of folders and zips: tables and where they lie, classes, shards, and labels that are none."""

import pytest

from made import encoded, noise, packed
from sparring import cli
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation


@pytest.fixture(params=["folder", "zip"])
def made(request, tmp_path):
    """Makes a set of these files, pictures unless they have a content; both containers are to give the same."""

    def make(names, **files):
        members = [(name, encoded(noise(9, 8))) for name in names]
        members += [(name.replace("__", "/"), content.encode()) for name, content in files.items()]
        if request.param == "zip":
            return packed(tmp_path / "set.zip", members)
        for name, content in members:
            file = tmp_path / "set" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return tmp_path / "set"

    return make


FOUR = ("0.png", "1.png", "2.png", "3.png")
TABLE = "file,label\n0.png,a\n1.png,b\n2.png,b\n3.png,a\n"


@pytest.mark.parametrize(
    ("folder", "table"),
    [("", "labels.csv"), ("images/", "labels.csv"), ("images/", "images/labels.csv"), ("set/img/", "set/labels.csv")],
)
def test_a_table_beside_or_around_the_pictures(folder, table, made):
    path = made([folder + name for name in FOUR], **{table: TABLE})
    data = open_data(path)
    assert data.y.tolist() == [0, 1, 1, 0]
    assert data.report.ignored == {}


def test_a_table_elsewhere_is_no_table_of_these_pictures(made):
    data = open_data(made([f"images/{name}" for name in FOUR], **{"more/labels.csv": TABLE}))
    assert data.y is None
    assert data.report.ignored == {"not named as a picture": ["more/labels.csv"]}


def test_a_table_in_a_folder_is_looked_at_again_when_it_changes(tmp_path):
    for name in FOUR:
        (tmp_path / "images").mkdir(exist_ok=True)
        (tmp_path / "images" / name).write_bytes(encoded(noise(9, 8)))
    table = tmp_path / "images" / "labels.csv"
    table.write_text(TABLE)
    assert open_data(tmp_path).classes == ["a", "b"]
    table.write_text(TABLE.replace(",b", ",cc"))
    assert open_data(tmp_path).classes == ["a", "cc"]


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        ((".123", ".7", ".55", ".91"), "the labels are numbers such as .55, and each of 4 values is a class: round"),
        (("1,5", "2,5", "1,5", "2,5"), "the labels are numbers such as 2,5"),
        (("-0.5", "1e-3", "1", "1"), "the labels are numbers such as 1e-3"),
        (("a", "b", "c", "d"), "there are 4 classes for 4 pictures, too few of each to learn: use labels of fewer"),
        (("1", "2", "3", "3"), "there are 3 classes for 4 pictures"),
    ],
)
def test_labels_that_are_hardly_classes_are_pointed_out(labels, note, made):
    rows = "".join(f"{i}.png;{label}\n" for i, label in enumerate(labels))
    [found] = open_data(made(FOUR, **{"labels.csv": f"file;label\n{rows}"})).report.notes
    assert found.startswith(note)


def test_so_are_class_folders_of_one_picture_each(made):
    path = made([f"{i}/x.png" for i in range(5)])
    assert open_data(path).report.notes[0].startswith("there are 5 classes for 5 pictures")
    assert not open_data(path, Preparation(labels="none")).report.notes


def test_labels_of_few_values_are_not(made):
    assert not open_data(made(FOUR, **{"labels.csv": TABLE})).report.notes


def test_three_pictures_may_have_three_classes(made):
    assert not open_data(made(["a/0.png", "b/1.png", "c/2.png"])).report.notes


SHARDS = {
    "StyleGAN's": ["00000/img00000000.png", "00000/img00000999.png", "00001/img00001000.png"],
    "FFHQ's": ["00000/00000.png", "00000/00999.png", "69000/69001.png"],
    "below a folder": ["ffhq/00000/00000.png", "ffhq/01000/01999.png", "ffhq/01000/01000.png"],
}


@pytest.mark.parametrize("case", SHARDS)
def test_shards_are_no_classes(case, made):
    data = open_data(made(SHARDS[case]))
    assert data.y is None
    assert data.report.notes == ["no labels: the folders 00000 ... are shards of one set, no classes"]


@pytest.mark.parametrize(
    "names",
    [
        ["00000/00000_00000.png", "00000/00001_00000.png", "00001/00000_00000.png"],  # traffic signs
        ["0/1.png", "0/2.png", "1/3.png"],
        ["00000/a.png", "00000/b.png", "00001/a.png"],
        ["01000/02000.png", "01000/02001.png", "02000/00000.png"],
    ],
)
def test_classes_named_by_numbers_are_classes(names, made):
    assert len(open_data(made(names)).classes) == 2


def test_class_folders_with_accents_of_either_kind(made):
    assert open_data(made(["e\u0301/0.png", "é/1.png", "z/2.png", "z/3.png"])).classes == ["z", "é"]


def test_shards_with_the_labels_of_stylegan(made):
    table = '{"labels": [["00000/img00000000.png", 5], ["00000/img00000999.png", 5], ["00001/img00001000.png", 12]]}'
    data = open_data(made(SHARDS["StyleGAN's"], **{"dataset.json": table}))
    assert (data.classes, data.y.tolist()) == (["5", "12"], [0, 0, 1])


def test_a_table_of_labels_by_option_finds_pictures_below(made, tmp_path):
    path = made([f"images/{name}" for name in FOUR])
    (tmp_path / "mine.csv").write_text(TABLE)
    assert open_data(path, Preparation(labels=str(tmp_path / "mine.csv"))).y.tolist() == [0, 1, 1, 0]


def test_notes_of_another_table_are_told_although_the_pictures_are_known(tmp_path):
    for name in FOUR:
        (tmp_path / name).write_bytes(encoded(noise(9, 8)))
    (tmp_path / "labels.csv").write_text(TABLE)
    assert not open_data(tmp_path).report.notes
    (tmp_path / "labels.csv").write_text(TABLE.replace(".png", ""))
    assert open_data(tmp_path).report.notes == ["labels.csv names 4 pictures in another way, such as 0 for 0.png"]


def test_the_report_says_it(made, capsys):
    assert cli.run("data", ["report", str(made(SHARDS["FFHQ's"]))]) == 0
    assert "note: no labels: the folders 00000" in capsys.readouterr().out
