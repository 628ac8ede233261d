import base64
import hashlib
import html.parser
import json
import os
import re
import shutil
import struct
import subprocess
import sys

import numpy as np
import pytest
import torch

import sparring
from browser import CHROMIUM, Browser
from sparring import latents
from sparring.chance import Key
from sparring.cli.generator_page import check, page
from sparring.conditions.classes import Classes
from sparring.conditions.condition import chosen
from sparring.export import runtime
from sparring.export.subject import Subject, UnsuitedError
from sparring.kinds.pictures import Pictures
from sparring.recipes.images import cgan
from sparring.runs.session import Session

HOSTILE = "</script><script>alert(1)</script><!--<b>\"'&"
EMPTY = runtime.Runtime("globalThis.ort = {};", b"\0asm")


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

    def element(self, tag, **attributes):
        (content,) = [text for found, text in self.inside if found == (tag, attributes)]
        return content


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """A tiny run that can be asked for classes."""
    path = tmp_path_factory.mktemp("classes") / "garments"
    config = cgan.Config(rounds=2, batch=8, width=4, latent=5, device="cpu", threads=1)
    Session.create(path, "cgan", config).play()
    return Subject.open(path, title=HOSTILE, licence=HOSTILE)


@pytest.fixture(scope="module")
def made(classes):
    return page(classes, EMPTY)


def test_nothing_is_loaded(made):
    reader = Reader(made)
    loading = {"src", "srcset", "href", "data", "style"}
    assert [(tag, known) for tag, known in reader.tags if loading & known.keys()] == []
    assert {tag for tag, _ in reader.tags} & {"link", "iframe", "object", "base", "img", "a"} == set()
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(|url\(|@import", made)


def test_the_policy_allows_these_scripts_alone(made):
    reader = Reader(made)
    (policy,) = [known["content"] for _, known in reader.tags if known.get("http-equiv")]
    hashes = [
        base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        for content in (reader.element("script"), reader.element("script", type="module"), reader.element("style"))
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[2]}'; script-src 'sha256-{hashes[0]}' 'sha256-{hashes[1]}' "
        "'wasm-unsafe-eval'; base-uri 'none'; form-action 'none'"
    )


def test_texts_cannot_end_their_element(made):
    reader = Reader(made)
    assert ("b", {}) not in reader.tags
    assert [known for tag, known in reader.tags if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {"type": "text/plain", "id": "model"},
        {"type": "text/plain", "id": "wasm"},
        {"type": "module"},
        {},
    ]
    assert json.loads(reader.element("script", type="application/json", id="data"))["title"] == HOSTILE


def test_everything_has_a_name_for_those_who_do_not_see(made):
    tags = Reader(made).tags
    ids = [known["id"] for _, known in tags if "id" in known]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'at\("(\w+)"\)', made)) <= set(ids)
    assert {known["for"] for tag, known in tags if tag == "label"} == {"seed", "place"}
    assert [known for _, known in tags if known.get("aria-labelledby") and known["aria-labelledby"] not in ids] == []


def test_what_a_page_cannot_show_is_refused(points):
    with pytest.raises(UnsuitedError, match=r"this run makes points of \[2\]"):
        check(Subject.open(points))


CHANCE = """
globalThis.document = {getElementById: () => element, addEventListener() {}};
const {script, data, cases} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const element = {textContent: data, addEventListener() {}};
const {normal, uniform, asked} = new Function(script + "; return {normal, uniform, asked};")();
const address = name => `, ('sample',), '${name}')`;
console.log(JSON.stringify(cases.map(([seed, n]) => ({
  normal: [...normal(seed, address("latent"), n)], uniform: [...uniform(seed, address("other name"), n)],
  given: asked(seed, n, -1)}))));
"""


def node(script, asked, *, file=None):
    """What a script prints in a JavaScript engine."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    words = [program, str(file)] if file else [program, "-e", script]
    done = subprocess.run(words, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[:500] + done.stderr[-2000:]
    return json.loads(done.stdout)


def test_its_chance_is_that_of_python(made, classes):
    reader, cases = Reader(made), [(0, 7), (1, 64), (999_999_999_999, 5)]
    data = reader.element("script", type="application/json", id="data")
    found = node(CHANCE, {"script": reader.element("script"), "data": data, "cases": cases})
    condition = classes.sampler.condition
    for (seed, n), each in zip(cases, found, strict=True):
        key = Key(seed, ("sample",))
        assert np.abs(np.array(each["normal"]) - key.normal("latent", (n,)).numpy()).max() < 1e-6
        assert np.abs(np.array(each["uniform"]) - key.uniform("other name", (n,)).numpy()).max() < 1e-7
        assert each["given"] == chosen(Key(seed, ("given",)).rows(n), condition.counts).tolist()


def test_classes_that_are_not_equally_frequent(made, classes, monkeypatch):
    """Edges fall where Python has them, an empty class included."""
    reader, counts = Reader(made), (5, 0, 1, 94)
    data = json.loads(reader.element("script", type="application/json", id="data"))
    data["classes"].update(names=["a", "b", "c", "d"], counts=counts)
    found = node(CHANCE, {"script": reader.element("script"), "data": json.dumps(data), "cases": [(3, 400)]})
    expected = Classes(("a", "b", "c", "d"), counts).draw(Key(3, ("given",)).rows(400)).tolist()
    assert found[0]["given"] == expected
    assert {0, 2, 3} == set(expected)


PAINT = """
globalThis.document = {getElementById: () => element, addEventListener() {}};
globalThis.ImageData = class { constructor(w, h) { this.data = new Uint8ClampedArray(4 * w * h); } };
const {script, data, sample} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const element = {textContent: data, addEventListener() {}};
const canvas = {getContext: () => ({putImageData: image => { canvas.bytes = [...image.data]; }})};
new Function(script + "; return paint;")()(canvas, sample);
console.log(JSON.stringify([canvas.width, canvas.height, canvas.bytes]));
"""


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_colours_are_those_of_saved_pictures(channels, made):
    """Beyond the range too."""
    reader = Reader(made)
    data = json.loads(reader.element("script", type="application/json", id="data"))
    data["shape"] = [channels, 2, 3]
    x = torch.linspace(-1.2, 1.1, channels * 6).reshape(channels, 2, 3)
    asked = {"script": reader.element("script"), "data": json.dumps(data), "sample": x.flatten().tolist()}
    width, height, found = node(PAINT, asked)
    image = Pictures().single(x).convert("RGBA")
    assert (width, height) == image.size == (3, 2)
    assert np.abs(np.array(found).reshape(2, 3, 4) - np.asarray(image)).max() <= 1  # a half is rounded either way


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The runtime that people get, which npm fetches."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # so that it is fetched once for all
        shared = shared.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARRING_CACHE", str(shared / "runtime cache"))
        try:
            return runtime.find(None, lambda text: print(text, file=sys.stderr))
        except runtime.MissingRuntimeError as error:
            if "CI" in os.environ:
                raise
            pytest.skip(str(error))


@pytest.fixture(scope="module")
def whole(classes, found, tmp_path_factory):
    """The page with that runtime."""
    path = tmp_path_factory.mktemp("page") / "page <1>.html"
    path.write_text(page(classes, found), encoding="utf-8")
    return path


RUN = """
import {readFileSync} from "fs";
import "./runtime.mjs";
const elements = {};
globalThis.document = {addEventListener() {}, documentElement: {dataset: {}},
  getElementById: id => elements[id] ??= {addEventListener() {}, classList: {toggle() {}}}};
const {script, data, model, wasm, seed, n, given} = JSON.parse(readFileSync(0, "utf-8"));
Object.entries({data, model, wasm}).forEach(([id, text]) => { document.getElementById(id).textContent = text; });
const names = "{start, check, generated, latent, about}";
const {start, check, generated, latent, about} = new Function(`${script}; return ${names};`)();
await start();
await check();
const z = latent.draw(seed, about.latent.address, n * about.latent.size);
const difference = String(document.documentElement.dataset.difference);
console.log(JSON.stringify({difference, samples: [...await generated(z, given)]}));
"""


def test_same_pictures_as_torch_in_a_javascript_engine(whole, classes, tmp_path):
    """Everything but what is seen: runs where no browser is."""
    reader = Reader(whole.read_text(encoding="utf-8"))
    parts = {"model": "text/plain", "wasm": "text/plain", "data": "application/json"}
    asked = {name: reader.element("script", type=kind, id=name) for name, kind in parts.items()}
    asked |= {"script": reader.element("script"), "seed": 12, "n": 9, "given": [8] * 9}
    file = tmp_path / "run.mjs"
    file.write_text(RUN)
    file.with_name("runtime.mjs").write_text(reader.element("script", type="module"), encoding="utf-8")
    found = node("", asked, file=file)
    expected = classes.sampler.sample(9, given=torch.tensor([8]), seed=12).flatten()
    assert float(found["difference"]) <= 1e-3
    assert np.abs(np.array(found["samples"]) - expected.numpy()).max() <= 1e-3


PICTURES = """[...at("grid").querySelectorAll("canvas")].map(canvas => [...canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0))"""


def shown(browser, seed):
    browser.wait(
        f"document.documentElement.dataset.seed === '{seed}' && !walking && at('status').textContent[0] === '3'"
    )
    return np.array(browser.run(PICTURES))


def bytes_of(samples):
    return ((samples.clamp(-1, 1) + 1) * 127.5).flatten(1).numpy()


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_in_a_browser(whole, classes):
    """Opened as a file, under its policy: the pictures of torch, another seed, a class, a walk; nothing is loaded."""
    sampler, folder = classes.sampler, classes.run.path
    with Browser() as browser:
        browser.open(whole)
        assert np.abs(shown(browser, 0) - bytes_of(sparring.load(folder).sample(36))).max() <= 0.51
        assert float(browser.run("document.documentElement.dataset.difference")) <= 1e-3
        assert "Checked: 16 samples of seed 0" in browser.run("at('check').textContent")

        browser.run("at('seed').value = 7; at('form').requestSubmit()")
        assert np.abs(shown(browser, 7) - bytes_of(sampler.sample(36, seed=7))).max() <= 0.51

        browser.run("delete document.documentElement.dataset.seed; at('classes').querySelectorAll('input')[9].click()")
        bags = sampler.sample(36, given=torch.tensor([8]), seed=7)
        assert np.abs(shown(browser, 7) - bytes_of(bags)).max() <= 0.51
        assert browser.run("at('grid').children[4].getAttribute('aria-label')") == "Sample 5 of 36, bag"

        browser.run(
            "at('grid').children[4].click(); at('place').value = 100; at('place').dispatchEvent(new Event('input'))"
        )
        browser.wait(
            "!walking && at('place').getAttribute('aria-valuetext') === '100% of the way from sample 2 to sample 5'"
        )
        walked = browser.run(PICTURES.replace('at("grid").querySelectorAll("canvas")', '[at("walked")]'))
        assert np.abs(np.array(walked) - bytes_of(bags[4:5])).max() <= 0.51

        browser.open(whole, width=400, dark=True)
        shown(browser, 0)
        assert browser.run("document.documentElement.scrollWidth") == 400
        assert struct.unpack(">2I", browser.picture()[16:24])[0] == 400
        assert {address.split("?")[0] for address in browser.requests} == {whole.absolute().as_uri()}
        assert browser.troubles == []


def test_latents_of_other_distributions(classes):
    from dataclasses import replace

    from sparring.samplers import GeneratorSampler

    even = GeneratorSampler(classes.sampler.generator, latents.Uniform(5), classes.sampler.condition)
    check(replace(classes, sampler=even.of(classes.sampler.kind)))
    odd = GeneratorSampler(classes.sampler.generator, lambda chance: chance.normal("z", 5), classes.sampler.condition)
    with pytest.raises(UnsuitedError, match="a page draws normal and uniform latents"):
        check(replace(classes, sampler=odd.of(classes.sampler.kind)))


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_uniform_latents_in_a_browser(classes, found, tmp_path):
    from dataclasses import replace

    from sparring.samplers import GeneratorSampler

    wide = GeneratorSampler(classes.sampler.generator, latents.Uniform(5, reach=3.0), classes.sampler.condition)
    sampler, path = wide.of(classes.sampler.kind).settled(), tmp_path / "wide.html"
    path.write_text(page(replace(classes, sampler=sampler), found), encoding="utf-8")
    with Browser() as browser:
        browser.open(path)
        assert np.abs(shown(browser, 0) - bytes_of(sampler.sample(36))).max() <= 0.51
