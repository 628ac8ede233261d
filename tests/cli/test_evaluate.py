import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from made import noise
from sparring import InMemory, cli
from sparring.cli import findings
from sparring.cli.held_out import some
from sparring.data.embedded import fashion_mnist
from sparring.data.toys import RING_STD, ring, toy
from sparring.samplers import Sampler

OPTIONS = ["--rounds", "4", "--batch", "8", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "1"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_against_what_was_held_out(here, capsys):
    assert cli.run("train", ["dcgan", *OPTIONS, "--out", "run"]) == 0
    capsys.readouterr()
    assert cli.run("evaluate", ["run", "--n", "200"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Figures at 28 x 28\n")
    assert "200 generated against 200 real samples (held out, " in out
    assert "features: classifier of digits and garments" in out
    assert re.search(r"\nprecision .* higher\n", out)
    assert re.search(r"\ncoverage .* higher\nVerdict: Far from real examples: ", out), "it ends the table"
    assert "Fréchet distance, bias removed" in out
    assert "By chance: " in out
    saved = json.loads((here / "run" / "evaluation.json").read_text())
    lines = {line["score"]["metric"]: line for line in saved["scores"]}
    worse = lines["Fréchet distance"]
    assert worse["score"]["low"] > worse["floor"]["high"]  # four rounds make noise
    assert worse["score"]["weights"] == "average"
    assert (worse["score"]["size"], worse["score"]["changed"], worse["score"]["better"]) == ([28, 28], "", "lower")
    assert saved["verdict"]["outcome"] == "far"
    assert saved["verdict"]["words"] in (here / "run" / "evaluation.html").read_text()
    assert saved["memorisation"]["share"] <= 1
    assert cli.run("evaluate", ["run", "--n", "200", "--weights", "raw", "--features", "pixels", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["scores"][0]["score"]["extractor"]["name"] == "pixels"
    assert again["scores"][0]["score"]["weights"] == "raw"


def test_a_run_against_its_own_held_out_pictures(here, capsys):
    np.save("pictures.npy", noise(400, 8, 8))
    words = ["--data", "pictures.npy", "--hold-out", "150", "--evaluate-every", "2", "--out", "run"]
    assert cli.run("train", ["dcgan", *OPTIONS, *words]) == 0
    scores = [json.loads(line) for line in (here / "run" / "scores.jsonl").read_text().splitlines()]
    assert [line["round"] for line in scores] == [2, 4]
    assert all(line["held out/kernel distance"] > 0 for line in scores)
    capsys.readouterr()
    assert cli.run("evaluate", ["run", "--measures", "kernel", "density", "--features", "pixels"]) == 0
    out = capsys.readouterr().out
    assert "150 generated against 150 real samples (held out, " in out
    assert "Logits of training examples minus those of held-out ones" in out
    assert "Fréchet" not in out
    assert cli.run("evaluate", ["run", "--n", "151"]) == 2
    assert "there are only 150 examples; 151 are needed" in capsys.readouterr().err


def test_points(points, here, capsys):
    shutil.copytree(points, "ring")
    assert cli.run("evaluate", ["ring", "--n", "200", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["score"]["metric"] == "sliced Wasserstein distance"
    for n in ("2500", "100000"):
        assert found["modes"][n]["found"]["high_quality"] < 0.5
        perfect = found["modes"][n]["perfect"]
        assert perfect["high_quality"]["mean"] == pytest.approx(1 - np.exp(-4.5), abs=5 * 0.1 / int(n) ** 0.5)
        assert perfect["covered"]["mean"] == 8
    assert found["modes"]["2500"]["perfect"]["reverse_kl"]["mean"] == pytest.approx(0.0014, abs=3e-4)
    assert found["overfitting"]["gap"]["low"] < found["overfitting"]["gap"]["high"]


def test_points_that_are_narrower_than_the_truth_are_no_better():
    class Narrow(Sampler):
        def sample(self, n, *, seed=0):
            return ring(n, std=0.5 * RING_STD, seed=seed)

    found = findings.modes(Narrow(), toy("ring"), 1)
    assert "Of 2,500 samples, more are near modes than a perfect sampler has: they are too narrow." in found.words
    rows = {name: cells for name, *cells in found.table}
    assert rows["modes covered"] == ["8 of 8", "8 of 8"]
    assert rows["of high quality"][1].startswith("100.00% (98.8")


def test_far_from_all_modes_is_still_json():
    class Far(Sampler):
        def sample(self, n, *, seed=0):
            return ring(n, seed=seed) + 50

    found = findings.modes(Far(), toy("ring"), 1)
    content = json.loads(json.dumps(found.content, allow_nan=False))
    assert content["2500"]["found"]["reverse_kl"] is None
    assert ("reverse KL, nats", "inf") in [(name, cell[:3]) for name, cell, _ in found.table]


def test_a_run_without_checkpoints_has_all_but_a_discriminator(points, here, capsys):
    shutil.copytree(points, "ring")
    shutil.rmtree("ring/checkpoints")
    assert cli.run("evaluate", ["ring", "--n", "100", "--json", "--training", "0"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "modes" in found
    assert "overfitting" not in found


def test_scores_name_the_data_that_were_compared_with(here, capsys):
    np.save("pictures.npy", noise(120, 8, 8))
    assert cli.run("train", ["dcgan", *OPTIONS, "--data", "pictures.npy", "--out", "run"]) == 0
    named = []
    for content in (noise(110, 8, 8), 255 - noise(110, 8, 8)):
        np.save("others.npy", content)
        capsys.readouterr()
        words = ["--against", "others.npy", "--measures", "kernel", "--training", "0", "--features", "pixels", "--json"]
        assert cli.run("evaluate", ["run", *words]) == 0
        named.append(json.loads(capsys.readouterr().out)["scores"][0]["score"]["data"])
    assert named[0] != named[1]
    assert all(name.startswith("others.npy, ") for name in named)


def test_stacked_digits(monkeypatch):
    """A generator that copies the data is as good as they are; the test halves nothing but the number of samples."""
    x = fashion_mnist().x[:3].repeat(100, 3, 1, 1)  # no digits: what the classifier says of them does not matter here

    class Copies(Sampler):
        def sample(self, n, *, seed=0):
            return InMemory(x).examples(torch.arange(n))

    monkeypatch.setattr(findings, "STACKED", 200)
    found = findings.stacked(Copies(), InMemory(x), 0).content
    assert found["found"]["covered"] == found["real"]["covered"] <= 3
    assert found["perfect"]["covered"]["mean"] > 100


def test_classes_and_the_digits_among_them():
    x = InMemory(fashion_mnist().x[:600]).examples()
    same = findings.classes(x, x).content
    assert same["shares"]["sandal"]["generated"] == same["shares"]["sandal"]["real"] == pytest.approx(0.1, abs=0.05)
    assert same["inception_style_score"]["generated"] == same["inception_style_score"]["real"]
    one = findings.classes(x, x[:1].repeat(600, 1, 1, 1)).content
    assert max(share["generated"] for share in one["shares"].values()) == 1
    assert one["inception_style_score"]["generated"]["mean"] == pytest.approx(1)


@pytest.mark.parametrize("n", [100, 1000])
def test_examples_to_compare_with_are_mixed(n):
    """Also where they are all: the splits of an inception score and the first ones on a page are of all classes."""
    x = some(InMemory(torch.arange(1000.0)[:, None]), n, seed=0).examples()
    assert len(x.unique()) == n
    assert x[:50].mean().item() == pytest.approx(500, abs=4 * 289 / 50**0.5)


def test_no_extra_is_needed(garments):
    """The demo ends with an evaluation, and its environment has no extras."""
    script = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(['ot', 'pyarrow', 'resvg_py', 'skimage', 'torchmetrics', 'sklearn'])\n"
        "from sparring import cli\n"
        "sys.exit(cli.run('evaluate', [sys.argv[1], '--n', '100', '--json', '--out', sys.argv[2]]))"
    )
    words = [str(garments / "seed 0"), str(garments / "evaluation of seed 0.json")]
    done = subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True)
    assert "Fréchet distance" in [line["score"]["metric"] for line in json.loads(done.stdout)["scores"]]


def test_a_folder_of_copies_is_as_good_as_real(here, capsys):
    x = fashion_mnist().x.squeeze(1).numpy()
    np.save("real.npy", x[:400])
    np.save("generated.npy", x[400:600])
    words = ["generated.npy", "--against", "real.npy", "--n", "150", "--json", "--out", "found.json"]
    assert cli.run("evaluate", words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((here / "found.json").read_text())
    assert "memorisation" not in found
    for line in found["scores"]:
        assert line["score"]["low"] <= line["floor"]["high"]
        assert line["floor"]["low"] <= line["score"]["high"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("a.npy", "'a.npy' is not a run: give the real pictures"),
        ("a.npy --against a.npy --n 11", "20 generated pictures and 20 real ones; --n 11 needs 11 and 22"),
        ("few.npy --against a.npy --n 9", "there are 2 generated pictures and 20 real ones; --n 9 needs 9"),
        (
            "a.npy --against ring --n 9",
            "--against ring holds points of shape [2]",
        ),
        ("a.npy --against a.npy --n 9", "expected the same number of each, 100 or more"),
        ("a.npy --against a.npy --n 0", "--n is 0; expected 1 or more"),
        ("a.npy --against a.npy --n 9 --network-sha256 12345678", "--network-sha256 is for --features inception"),
        ("a.npy --out x.txt", "ending in .json"),
        ("a.npy --training -1", "--training is -1; expected 0 or more"),
        ("nowhere", "'nowhere' does not exist: give the directory of a run"),
        ("nowhere --against nothing", "'nothing'"),
        ("a.npy --against a.npy --n 9 --features inception", "features 'inception' need a file of weights"),
        (
            "a.npy --against a.npy --n 9 --network-file a.npy",
            "--network-file is for --features inception, dinov2, clip",
        ),
        ("a.npy --against a.npy --n 9 --features dinov2 --network-file a.npy", "'a.npy' has SHA-256 "),
    ],
)
def test_mistakes_are_explained(words, message, here, capsys):
    np.save("a.npy", noise(20, 8, 8))
    np.save("few.npy", noise(2, 8, 8))
    assert cli.run("evaluate", words.split()) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (here / "evaluation.json").exists()


def textured(folder, n, texture, size=(40, 36)):
    """Smooth colour pictures, the same for the same folder, with a fine texture or without."""
    folder.mkdir()
    rng = np.random.default_rng(len(folder.name))
    stripes = (np.indices(size).sum(0) % 2 * 2 - 1)[..., None] * 40 * texture
    for i in range(n):
        coarse = Image.fromarray(rng.integers(70, 180, (4, 4, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize(size[::-1], Image.Resampling.BILINEAR)).astype(int)
        Image.fromarray((smooth + stripes).clip(0, 255).astype(np.uint8)).save(folder / f"{i:03}.png", compress_level=1)


def test_pictures_keep_their_size_and_every_score_says_it(here, capsys):
    """Copies of 64 x 64 of larger pictures, made unasked, have lost what tells them apart."""
    textured(here / "real", 200, texture=True, size=(140, 130))
    textured(here / "made", 100, texture=False, size=(140, 130))
    words = ["--against", "real", "--measures", "precision", "--features", "pixels"]
    assert cli.run("evaluate", ["made", *words, "--json", "--out", "found.json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["score"]["value"] == 0
    assert found["scores"][0]["score"]["size"] == found["scores"][0]["floor"]["size"] == [140, 130]
    assert found["verdict"]["outcome"] == "far"
    assert "Figures at 140 x 130" in (here / "found.html").read_text()
    assert cli.run("evaluate", ["made", *words, "--size", "32"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Figures at 32 x 32\n")
    changed = "100 of 140 x 130 cropped in the middle and resized to 32 x 32 (Lanczos)"
    assert f"Changed before measuring: generated: {changed}; real: " in out
    assert "Unknown how close these samples are to real examples: Pixels mislead" in out


def test_unlike_sizes_are_refused(here, capsys):
    textured(here / "real", 4, texture=True)
    textured(here / "made", 2, texture=True, size=(36, 40))
    assert cli.run("evaluate", ["made", "--against", "real"]) == 2
    assert (
        "different sizes ('real' has 4 of 40 x 36; 'made' has 2 of 36 x 40): crop and resize" in capsys.readouterr().err
    )


def test_too_large_for_pixels(here, capsys, monkeypatch):
    from sparring.cli import study

    monkeypatch.setattr(study, "MOST", 5000)
    np.save("a.npy", noise(300, 8, 8))
    assert cli.run("evaluate", ["a.npy", "--against", "a.npy", "--features", "pixels", "--n", "100"]) == 2
    assert "each of 100 pictures has 64 numbers, too many to compare by" in capsys.readouterr().err


@pytest.fixture
def moved(here, capsys):
    """A run whose data are gone, and others to compare it with, of another size."""
    textured(here / "photos", 12, texture=True, size=(16, 16))
    textured(here / "fresh", 210, texture=True, size=(20, 16))
    assert cli.run("train", ["dcgan", *OPTIONS, "--data", "photos", "--out", "run"]) == 0
    (here / "photos").rename(here / "elsewhere")
    capsys.readouterr()
    return here / "run"


FRESH = ["--against", "fresh", "--features", "pixels", "--measures", "kernel"]


def test_training_data_are_not_needed(moved, capsys):
    assert cli.run("evaluate", ["run", *FRESH]) == 0
    out = capsys.readouterr().out
    assert "105 generated against 105 real samples (fresh, " in out, "half of them are the floor"
    assert "Copies were not searched for: " in out
    assert "real: 210 of 20 x 16 cropped in the middle and resized to 16 x 16 (Lanczos)" in out
    saved = json.loads((moved / "evaluation.json").read_text())
    assert "memorisation" not in saved
    assert "photos" in saved["copies_not_searched"]["why"]
    assert cli.run("evaluate", ["run", *FRESH, "--n", "100", "--training", "0"]) == 0
    assert cli.run("evaluate", ["run", *FRESH, "--n", "106"]) == 2
    assert "there are 210 real examples and no training data; --n 106 needs 212" in capsys.readouterr().err
    assert cli.run("evaluate", ["run"]) == 2, "there is nothing else to compare with"


def test_no_more_samples_than_training_data_unless_asked(here, capsys):
    for name, n in (("few", 110), ("fresh", 130)):
        np.save(f"{name}.npy", noise(n, 8, 8))
    assert cli.run("train", ["dcgan", *OPTIONS, "--data", "few.npy", "--out", "run"]) == 0
    words = ["--against", "fresh.npy", "--features", "pixels", "--measures", "kernel"]
    capsys.readouterr()
    assert cli.run("evaluate", ["run", *words]) == 0
    assert "110 generated against 110 real samples" in capsys.readouterr().out
    assert cli.run("evaluate", ["run", *words, "--n", "111"]) == 2
    assert "--n is 111, but there are 110 training examples" in capsys.readouterr().err


def test_size_is_not_for_runs(moved, capsys):
    assert cli.run("evaluate", ["run", *FRESH, "--size", "64"]) == 2
    assert "--size is for folders of pictures" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("sample", ["-n", "2", "--out", "two.png"]),
        ("turing", ["--against", "fresh", "--n", "4", "--out", "turing.html"]),
        ("tournament", ["again", "--against", "fresh", "--n", "9"]),
        ("likelihood", ["--against", "fresh", "--pictures", "2", "--temperatures", "2", "--chains", "2"]),
    ],
)
def test_other_verbs_need_no_training_data_either(verb, words, moved, capsys):
    shutil.copytree(moved, "again")
    assert cli.run(verb, ["run", *words]) == 0
    out = capsys.readouterr().out
    assert verb == "sample" or "of 20 x 16 cropped in the middle and resized to 16 x 16 (Lanczos)" in out


def test_training_0_says_that_copies_were_not_looked_for(points, here, capsys):
    shutil.copytree(points, "ring")
    assert cli.run("evaluate", ["ring", "--n", "100", "--measures", "sliced", "--training", "0"]) == 0
    assert "Copies were not searched for: --training is 0." in capsys.readouterr().out
    assert cli.run("evaluate", ["ring", "--n", "100", "--measures", "sliced"]) == 0
    assert "training examples, by coordinates." in capsys.readouterr().out
