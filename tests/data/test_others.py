"""Folders of other tools: nothing for testing is trained on, and what is not read is said."""

from pathlib import Path

import pytest

from made import encoded, noise, packed
from sparring.data import others
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation

PARTS = {
    "train and test": (["train/a/0.png", "train/b/1.png", "test/a/2.png"], "['test', 'train']", "such as d/train"),
    "COCO": (["train2017/0.png", "val2017/1.png"], "['train2017', 'val2017']", "such as d/train2017"),
    "CycleGAN": (
        [f"{part}{side}/0.png" for part in ("train", "test") for side in "AB"],
        "['testA', 'testB', 'trainA', 'trainB']",
        "such as d/trainA",
    ),
    "YOLO": (["images/train/0.png", "images/val/1.png"], "'d/images' holds the parts", "such as d/images/train"),
    "MVTec": (["a/train/good/0.png", "a/test/bad/1.png"], "'d/a' holds the parts", "such as d/a/train"),
    "Hugging Face": (["data/Train/0.png", "data/Validation/1.png"], "['Train', 'Validation']", "such as d/data/Train"),
    "Kaggle": (["train/0.png", "test1/1.png"], "['test1', 'train']", "such as d/train"),
    "testing beside classes": (
        ["cat/0.png", "dog/1.png", "test/2.png"],
        "['cat', 'dog', 'test']",
        "move test elsewhere",
    ),
    "testing beside pictures": (["0.png", "1.png", "val/2.png"], "['val']", "move val elsewhere"),
    "testing in two ways": (["test/0.png", "val/1.png"], "['test', 'val']", "move test elsewhere"),
    "masks": (["images/0.png", "masks/0.png"], "['images', 'masks'], and masks are not", "such as d/images"),
    "Pascal VOC": (["JPEGImages/0.jpg", "SegmentationClass/0.png"], "and masks are not", "such as d/JPEGImages"),
}


def made(names, **files):
    for name in names:
        file = Path("d", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encoded(noise(9, 8)))
    for name, content in files.items():
        Path("d", name).parent.mkdir(parents=True, exist_ok=True)
        Path("d", name).write_text(content)
    return Path("d")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("labels", ["auto", "none", "table"])
@pytest.mark.parametrize("case", PARTS)
def test_parts_are_refused_whatever_the_labels(case, labels):
    names, found, advice = PARTS[case]
    table = {"labels.csv": "file,label\n" + "".join(f"{name},a\n" for name in names)}
    made(names, **(table if labels == "table" else {}))
    with pytest.raises(ValueError, match="holds the parts") as error:
        open_data("d", Preparation(labels="none" if labels == "none" else "auto"))
    assert found in str(error.value)
    assert advice in str(error.value)


def test_so_are_they_in_a_zip():
    packed("d.zip", [(f"x/{part}/{i}.png", encoded(noise(9, 8))) for part in ("train", "test") for i in range(2)])
    with pytest.raises(ValueError, match=r"'d\.zip/x' holds the parts \['test', 'train'\].*testing are not trained on"):
        open_data("d.zip")


@pytest.mark.parametrize("part", ["train", "test", "val2017"])
def test_a_part_alone_is_a_set(part):
    assert len(open_data(made([f"{part}/a/0.png", f"{part}/a/1.png", f"{part}/b/1.png"]))) == 3


@pytest.mark.parametrize(
    "names", [("train", "bus"), ("valley", "hill"), ("tester", "cat"), ("labels", "tags"), ("A", "B")]
)
def test_classes_with_names_like_these_are_classes(names):
    assert open_data(made([f"{name}/{i}.png" for name in names for i in range(3)])).classes == sorted(names)


def test_the_domains_of_cyclegan_are_noted():
    data = open_data(made([f"train{side}/{i}.png" for side in "AB" for i in range(3)]))
    assert data.classes == ["trainA", "trainB"]
    assert data.report.notes[0].startswith("trainA and trainB, two domains as CycleGAN has them, are two classes")


NAMES = [f"images/{i}.png" for i in range(3)]


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("labels/0.txt", "boxes, as YOLO has them, are not read (labels/0.txt)"),
        ("data.yaml", "boxes, as YOLO has them, are not read (data.yaml)"),
        ("annotations/instances_train2017.json", "COCO's annotations are not read"),
        ("images/_annotations.coco.json", "COCO's annotations are not read"),
        ("Annotations/0.xml", "Pascal VOC's annotations are not read"),
        ("labels.xlsx", "workbooks are not read (labels.xlsx): for labels put a CSV with the columns file and label"),
    ],
)
def test_what_is_not_read_is_noted(file, what):
    [note] = open_data(made(NAMES, **{file: "x"})).report.notes
    assert note.startswith(what)


def test_other_files_are_only_counted():
    assert not open_data(made(NAMES, **{"notes.txt": "x", "a/b.json": "{}"})).report.notes


@pytest.mark.parametrize(
    ("file", "todo"),
    [
        ("data-00000-of-00001.arrow", r"In Python write open_data(datasets.load_from_disk(FOLDER))"),
        ("data/train-00000-of-00001.parquet", "in Python write open_data(datasets.load_dataset('parquet'"),
        ("data.mdb", "It is an LMDB: write its pictures to a folder first"),
        ("0.tfrecord", "It is TensorFlow's"),
    ],
)
def test_pictures_in_containers_of_others(file, todo):
    made([], **{file: "x"})
    with pytest.raises(ValueError, match="there are no pictures in 'd'") as error:
        open_data("d")
    assert todo in str(error.value)


def test_pictures_side_by_side_are_noted():
    assert others.side_by_side([(256, 512), (64, 128)])
    assert not others.side_by_side([(256, 512), (64, 127)])
    for i in range(3):
        Path(f"{i}.png").write_bytes(encoded(noise(8, 16)))
    [note] = open_data(".").report.notes
    assert note.startswith("all pictures are twice as wide as high: if each is a pair side by side, as pix2pix")
