import base64
import hashlib
import html.parser
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
import torch
from PIL import Image

from sparring import cli
from sparring.chance import Key
from sparring.cli.page import encoded_key, page
from sparring.data.embedded import fashion_mnist
from sparring.kinds import drawing
from sparring.kinds.pictures import Pictures
from sparring.metrics.wilson import wilson
from sparring.runs.run import load

ABOUT = {"run": "</script><b>&\"'", "model": "m"}


class Reader(html.parser.HTMLParser):
    """Tags with their attributes, and what is in the elements script and style."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in {"script", "style"} and data.strip():
            self.inside.append((self.tags[-1], data))

    def data(self):
        (content,) = [text for (tag, known), text in self.inside if known.get("id") == "data"]
        return json.loads(content)


def truths(data):
    return [byte.bit_count() % 2 == 1 for byte in base64.b64decode(data["key"])]


def decoded(uri):
    kind, content = uri.split(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as image:
        return np.asarray(image)


@pytest.fixture(scope="module")
def made(garments, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "test.html"
    assert cli.run("turing", [str(garments / "seed 0"), "--n", "12", "--seed", "3", "--out", str(out)]) == 0
    return out.read_text(encoding="utf-8")


def test_the_right_pictures_in_random_order(made, garments):
    data = Reader(made).data()
    generated = drawing.to_bytes(load(garments / "seed 0").sample(6, seed=3)).squeeze(1).numpy()
    real = {x.tobytes() for x in fashion_mnist("held_out").x.numpy()}
    shown = [decoded(uri) for uri in data["pictures"]]
    answers = truths(data)
    assert len(shown) == 12
    assert sorted(x.tobytes() for x, truth in zip(shown, answers, strict=True) if truth) == sorted(
        x.tobytes() for x in generated
    )
    assert len({x.tobytes() for x, truth in zip(shown, answers, strict=True) if not truth} & real) == 6
    assert answers not in (sorted(answers), sorted(answers, reverse=True))
    assert data["run"] == "seed 0"
    assert data["model"] == hashlib.sha256((garments / "seed 0/model/average.safetensors").read_bytes()).hexdigest()


def test_nothing_is_loaded(made):
    reader = Reader(made)
    loading = [(tag, known) for tag, known in reader.tags if {"src", "srcset", "data", "style"} & known.keys()]
    assert loading == []
    assert {tag for tag, _ in reader.tags} & {"link", "iframe", "object", "form", "base", "svg"} == set()
    assert [known["href"] for tag, known in reader.tags if tag == "a"] == [
        "https://arxiv.org/abs/1606.03498",
        "https://arxiv.org/abs/1506.05751",
    ]
    assert set(re.findall(r"https?:[^\"\s<]*", made)) == {known["href"] for tag, known in reader.tags if tag == "a"}
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(|url\(|@import", made)


def test_the_policy_allows_this_script_alone(made):
    reader = Reader(made)
    policy = next(known["content"] for tag, known in reader.tags if known.get("http-equiv"))
    assert reader.tags.index(("meta", {"http-equiv": "Content-Security-Policy", "content": policy})) <= 4
    for name in ("script", "style"):
        (content,) = [text for (tag, known), text in reader.inside if tag == name and not known]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'; img-src data:;" in policy
    assert "unsafe" not in policy


def test_everything_has_a_name_for_those_who_do_not_see(made):
    tags = Reader(made).tags
    ids = [known["id"] for _, known in tags if "id" in known]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'at\("(\w+)"\)', made)) <= set(ids)
    assert ("html", {"lang": "en"}) in tags
    assert [known["for"] for tag, known in tags if tag == "label"] == ["progress"]
    assert all(known["type"] == "button" for tag, known in tags if tag == "button")


def test_names_cannot_end_their_element():
    pictures = [Image.new("L", (2, 2))]
    reader = Reader(page(pictures, pictures, Key(0), ABOUT))
    assert reader.data()["run"] == ABOUT["run"]
    assert ("b", {}) not in reader.tags


def test_the_key_is_veiled():
    same = encoded_key([True] * 64, Key(0))
    assert all(byte.bit_count() % 2 for byte in same)
    assert len(set(same)) > 40
    assert encoded_key([False] * 64, Key(0)) != same


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "L"), (3, "RGB"), (4, "RGBA")])
def test_pictures_of_any_channels(channels, mode):
    x = torch.linspace(-1, 1, channels * 6).reshape(channels, 2, 3)
    image = Pictures().single(x)
    assert (image.mode, image.size) == (mode, (3, 2))
    assert np.asarray(image).reshape(2, 3, -1)[1, 2, 0] == drawing.to_bytes(x)[0, 1, 2]


PLAY = """
const elements = {}, keys = [], saved = [];
const element = id => elements[id] ??=
  {focus() {}, click() { this.act(); }, addEventListener(_, act) { this.act = act; }};
globalThis.document = {getElementById: element, addEventListener: (_, act) => keys.push(act),
  createElement: () => ({click() { saved.push(this.download); }})};
globalThis.URL.createObjectURL = blob => { saved.push(blob); };
const lines = require("fs").readFileSync(0, "utf-8"), {page, data, said, cases} = JSON.parse(lines);
element("data").textContent = data;
const wilson = new Function(page + "; return wilson;")();
const press = (key, more) => keys[0]({key, preventDefault() {}, ...more});
press("x"); press("r", {ctrlKey: true}); press("g", {repeat: true});
said.forEach((generated, i) => i % 3 ? press(generated ? ["G", "ArrowRight"][i % 2] : ["r", "ArrowLeft"][i % 2])
  : element(generated ? "generated" : "real").click());
press("r");  // after the end
element("save").click();
saved[0].text().then(text => console.log(JSON.stringify({text, name: saved[1], wrong: element("wrong").textContent,
  fooled: element("fooled").textContent, hidden: [element("test").hidden, element("result").hidden],
  intervals: cases.map(([count, n]) => wilson(count, n))})));
"""


def play(text, said, cases=()):
    """The script of a page in a JavaScript engine, with a few answers by keys and buttons."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    inside = {known.get("id", tag): content for (tag, known), content in Reader(text).inside}
    asked = {"page": inside["script"], "data": inside["data"], "said": said, "cases": cases}
    done = subprocess.run(
        [node, "-e", PLAY], input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_the_script(made, tmp_path, capsys):
    """Its counts, interval and file are those that Python makes of the same answers."""
    answers = truths(Reader(made).data())
    said = [truth != (i in {1, 4, 5, 8}) for i, truth in enumerate(answers)]
    cases = [(10, 20), (0, 20), (20, 20), (1, 29), (81, 263), (1, 2)]
    found = play(made, said, cases)
    for case, interval in zip(cases, found["intervals"], strict=True):
        assert interval == pytest.approx(wilson(*case), abs=1e-14)
    assert found["hidden"] == [True, False]
    file = tmp_path / found["name"]
    file.write_text(found["text"])
    assert [answer["generated"] for answer in json.loads(found["text"])["answers"]] == answers
    assert cli.run("turing", ["--merge", str(file), "--json"]) == 0
    merged = json.loads(capsys.readouterr().out)["all"]
    fooled = sum(truth and not each for truth, each in zip(answers, said, strict=True))
    assert (merged["wrong"]["count"], merged["wrong"]["n"]) == (4, 12)
    assert (merged["fooled"]["count"], merged["fooled"]["n"]) == (fooled, 6)
    for share, sentence in ((merged["wrong"], found["wrong"]), (merged["fooled"], found["fooled"])):
        low, high = share["interval"]
        assert f"{share['count']} of {share['n']}: {share['rate']:.1%}" in sentence
        assert f"(95% interval {low:.1%} to {high:.1%})" in sentence


def answers(wrong, n=20, model="m", **more):
    """Half real, half generated, the first `wrong` taken for what they are not."""
    pairs = [(i % 2 == 0, (i % 2 == 0) != (i < wrong)) for i in range(n)]
    said = [{"generated": truth, "said": "generated" if each else "real"} for truth, each in pairs]
    return {"turing": 1, "run": "demo", "model": model, "answers": said, **more}


def test_merge(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, wrong in (("ann.json", 10), ("bob.json", 3)):
        (tmp_path / name).write_text(json.dumps(answers(wrong)))
    assert cli.run("turing", ["--merge", "ann.json", "bob.json"]) == 0
    lines = [re.split("  +", line.strip()) for line in capsys.readouterr().out.splitlines()[1:4]]
    assert lines == [
        ["20", "50.0%", "29.9% to 70.1%", "50.0%", "23.7% to 76.3%", "ann.json"],
        ["20", "15.0%", "5.2% to 36.0%", "20.0%", "5.7% to 51.0%", "bob.json"],
        ["40", "32.5%", "20.1% to 48.0%", "35.0%", "18.1% to 56.7%", "all"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "'bad.json' is not JSON ("),
        ("\ud800", "'bad.json' is not JSON ("),
        ("[" * 100_000, "'bad.json' is not JSON ("),
        ("[]", "holds no answers"),
        ("{}", "holds no answers"),
        (json.dumps(answers(3, turing=2)), "holds no answers"),
        (json.dumps(answers(3, answers=[])), "is damaged"),
        (json.dumps(answers(3, answers=[{"generated": 1, "said": "real"}])), "is damaged"),
        (json.dumps(answers(3, answers=[{"generated": True, "said": []}])), "is damaged"),
        (json.dumps(answers(3, n=1)), "all its pictures are real or all generated"),
        (json.dumps(answers(3)), "are the same answers: give each once"),
        (json.dumps(answers(2, model="other")), "merge answers about one model at a time"),
    ],
)
def test_bad_files_are_explained(content, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(json.dumps(answers(3)))
    (tmp_path / "bad.json").write_bytes(content.encode(errors="surrogatepass"))
    assert cli.run("turing", ["--merge", "good.json", "bad.json"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_mistakes_are_explained(garments, points, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run = str(garments / "seed 0")
    for words, message in [
        ([], "expected a run, or --merge"),
        ([run, "--merge", "x.json"], "expected a run, or --merge"),
        ([run, "--n", "7"], "--n is 7; expected an even number"),
        ([run, "--n", "2002"], "give a smaller --n"),
        ([run, "--out", "x.htm"], "ending in .html"),
        ([str(points)], "makes points: people cannot judge whether one of them is real"),
        (["nowhere"], "there is no run 'nowhere'"),
        (["--merge", "nowhere.json"], "nowhere.json"),
    ]:
        assert cli.run("turing", words) == 2
        assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
