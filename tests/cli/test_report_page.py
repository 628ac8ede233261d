import base64
import hashlib
import html.parser
import io
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sparring.cli.report_page import Bar, Figure, Scale, Table, report
from sparring.metrics.bootstrap import Interval

VOID = {"meta", "img"}
NASTY = "</td><script>alert(1)</script>\"' onload=x & {{tables}} \udcff"


class Reader(html.parser.HTMLParser):
    """Elements with their attributes and the text in them; complains of tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert not self.open, "elements are not closed"

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes), "an attribute twice"
        self.elements.append([tag, dict(attributes), ""])
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag, attributes):
        assert any(element[0] == "svg" for element in self.open), "only there may elements close themselves"
        self.elements.append([tag, dict(attributes), ""])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for element in self.open:
            element[2] += data

    def all(self, tag, **attributes):
        return [e for e in self.elements if e[0] == tag and attributes.items() <= e[1].items()]

    def texts(self, tag):
        return [text for _, _, text in self.all(tag)]


def span(low, value, high):
    return Interval(value, low, high, "made up")


PICTURE = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4))
BAR = Bar("distance", span(4.0, 5.0, 7.5), span(1.0, 2.0, 3.0), "lower")


@pytest.fixture
def made():
    tables = [Table("Classes", ("class", "share"), [("bag", "10%"), ("shirt", "90%")], ["Below."]), Table("Words")]
    return report("A run", ["First.", "Second."], tables, [Figure("Seen", "Look.", PICTURE)], scores=[BAR])


def test_everything_is_on_the_page(made):
    page = Reader(made)
    assert page.texts("title") == page.texts("h1") == ["A run"]
    assert page.texts("h2") == ["Figures", "Classes", "Words", "Seen"]
    assert {"First.", "Second.", "Below.", "Look."} <= set(page.texts("p"))
    assert page.texts("th")[-4:] == ["class", "share", "bag", "shirt"]
    assert page.texts("td")[-2:] == ["10%", "90%"]
    assert "5 (4 to 7.5)" in page.texts("td")
    assert "distance (lower is better)" in page.texts("th")
    assert len(page.all("table")) == 2, "none without rows"
    (image,) = page.all("img")
    assert image[1]["alt"] == "Seen"
    assert (image[1]["width"], image[1]["height"]) == ("4", "3")
    with Image.open(io.BytesIO(base64.b64decode(image[1]["src"].removeprefix("data:image/png;base64,")))) as again:
        assert np.array_equal(np.asarray(again), np.asarray(PICTURE))


def test_an_empty_page():
    page = Reader(report("Nothing", [], [], []))
    assert page.texts("h2") == []


def test_nothing_is_loaded_and_nothing_runs(made):
    page = Reader(made)
    (policy,) = [known["content"] for _, known, _ in page.all("meta") if "http-equiv" in known]
    (style,) = page.texts("style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy == allowed
    known = {tag for tag, _, _ in page.elements}
    assert not known & {"script", "link", "iframe", "object", "embed", "base", "form", "a"}
    assert all(e[1]["src"].startswith("data:") for e in page.all("img"))
    assert not any(name == "style" or name.startswith("on") for _, known, _ in page.elements for name in known)
    assert "url(" not in style
    assert "@import" not in style
    assert "{{" not in made


def test_no_text_becomes_markup():
    bar = Bar(NASTY, BAR.generated, BAR.real, "higher")
    table = Table(NASTY, (NASTY, NASTY), [(NASTY, NASTY)], [NASTY])
    made = report(NASTY, [NASTY], [table], [Figure(NASTY, NASTY, PICTURE)], scores=[bar])
    page, shown = Reader(made), NASTY.replace("\udcff", "\\udcff")
    assert not page.all("script")
    assert page.texts("h1") == [shown]
    assert page.all("img")[0][1]["alt"] == shown
    assert page.texts("h2") == ["Figures", shown, shown]
    assert page.texts("p").count(shown) == 3
    assert page.texts("td")[-1] == shown
    assert page.all("svg", role="img")[0][1]["aria-label"].startswith(shown)
    made.encode()


def percent(text):
    return float(text.removesuffix("%"))


def test_bars_are_where_the_axis_says(made):
    page = Reader(made)
    texts = [(percent(known["x"]), float(text)) for tag, known, text in page.all("text")]
    (x0, first), (x1, last) = texts[0], texts[-1]

    def value(x):
        return first + (percent(x) - x0) / (x1 - x0) * (last - first)

    for kind, drawn in (("generated", BAR.generated), ("real", BAR.real)):
        (line,) = [known for _, known, _ in page.all("line", **{"class": kind}) if known["x1"].endswith("%")]
        assert value(line["x1"]) == pytest.approx(drawn.low, abs=0.01)
        assert value(line["x2"]) == pytest.approx(drawn.high, abs=0.01)
        ends = [value(known["x1"]) for _, known, _ in page.all("line", **{"class": f"{kind} end"})]
        assert ends == pytest.approx([drawn.low, drawn.high], abs=0.01)
    marks = [value(known["x"]) for _, known, _ in page.all("svg") if "x" in known]
    assert marks == pytest.approx([5.0, 2.0], abs=0.01)
    assert len(page.all("circle", r="5")) == 1, "a shape of its own for each, whoever sees no colours"


@given(
    st.floats(-1e6, 1e6, allow_subnormal=False),
    st.one_of(st.just(0.0), st.floats(1e-9, 1e6)),
)
def test_scales_are_round_and_hold_what_they_must(low, reach):
    high = low + reach
    scale = Scale.over(low, high)
    assert 2 <= len(scale.places) <= 6
    slack = 1e-6 * max(abs(low), abs(high))
    assert scale.places[0] <= low + slack
    assert scale.places[-1] >= high - slack
    steps = np.diff(scale.places)
    assert np.allclose(steps, steps[0], rtol=1e-3)
    assert min(abs(math.log10(steps[0] / size) % 1 - whole) for size in (1, 2, 5) for whole in (0, 1)) < 1e-3
    assert [float(label.replace(",", "")) for label in scale.labels] == pytest.approx(scale.places, rel=1e-9)
    assert len(set(scale.labels)) == len(scale.labels)
    assert [scale.at(place) for place in (scale.places[0], scale.places[-1])] == ["4.00%", "96.00%"]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match=re.escape("the score 'd' has values [1.0, 0.0, ")):
        report("", [], [], [], scores=[Bar("d", span(0.0, 1.0, bad), span(0.0, 1.0, 2.0), "lower")])
