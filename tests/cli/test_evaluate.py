import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

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
    assert "200 generated against 200 real samples (held out, " in out
    assert "features: classifier of digits and garments" in out
    assert "Fréchet distance, bias removed" in out
    assert "by chance: " in out
    saved = json.loads((here / "run" / "evaluation.json").read_text())
    lines = {line["score"]["metric"]: line for line in saved["scores"]}
    worse = lines["Fréchet distance"]
    assert worse["score"]["low"] > worse["floor"]["high"]  # four rounds make noise
    assert worse["score"]["weights"] == "average"
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
    assert cli.run("evaluate", ["run", "--measures", "kernel", "density"]) == 0
    out = capsys.readouterr().out
    assert "150 generated against 150 real samples (held out, " in out
    assert "The discriminator gives training examples" in out
    assert "Fréchet" not in out
    assert cli.run("evaluate", ["run", "--n", "151"]) == 2
    assert "there are 150 examples to choose from; 151 are needed" in capsys.readouterr().err


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
    assert "More samples near modes than a perfect sampler has, of 2,500: they are too narrow." in found.words
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
        words = ["--against", "others.npy", "--measures", "kernel", "--training", "0", "--json"]
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
        ("a.npy", "'a.npy' is no run: give --against DATA"),
        ("a.npy --against a.npy --n 11", "20 generated pictures and 20 real ones; --n 11 needs 11 and twice as many"),
        ("few.npy --against a.npy --n 9", "there are 2 generated pictures and 20 real ones; --n 9 needs 9"),
        ("a.npy --against ring --n 9", "--against ring holds points of shape [2], no [1, 8, 8]"),
        ("a.npy --against a.npy --n 9", "expected as many of each, 100 or more"),
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
