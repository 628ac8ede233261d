import re
from xml.etree import ElementTree as ET

from sparring.looks.colours import NIGHT, SERIES
from sparring.looks.plots import plotted
from sparring.looks.vector import blank, glossary, leaving, logarithmic, svg


@plotted
def drawing(words="a title"):
    axes = blank(words, "x", "y")
    axes.plot([0, 1], [0, 1], color=SERIES[0])
    axes.plot([0, 1], [1, 0], color="#123456")
    return svg(axes.figure)


def test_colours_are_others_where_it_is_dark():
    text = drawing()
    head, rest = text.split("</style>", 1)
    light, dark = (dict(re.findall(r"--(\w{6}): (#\w{6})", part)) for part in head.split("@media"))
    assert "screen and (prefers-color-scheme: dark)" in head
    assert light == {name: f"#{name}" for name in light}
    assert dark == {name: NIGHT[f"#{name}"] for name in light}
    assert {"0072b2", "ffffff", "1a1a1a"} <= light.keys()
    assert set(re.findall(r"var\(--(\w+)\)", rest)) == light.keys()
    assert re.findall("#123456", rest), "one that is not known stays"
    assert not set(re.findall(r"#[0-9a-f]{6}", rest)) & NIGHT.keys()


def test_it_is_the_same_again_and_loads_nothing():
    text = drawing("\u03b8, \u00b2 and $x$")
    assert text == drawing("\u03b8, \u00b2 and $x$")
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<text" not in text, "letters are outlines"
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<metadata|<!DOCTYPE|<script|@import|url\((?!#)", text)


@plotted
def test_logarithmic_axes_have_plain_numbers():
    axes = blank("", "x", "y")
    axes.plot([1, 1000], [1e-3, 1])
    logarithmic(axes, "x", "y")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert [axes.xaxis.get_major_formatter()(value) for value in (1, 1000)] == ["1", "1,000"]
    assert axes.yaxis.get_major_formatter()(1e-3) == "0.001"


@plotted
def test_where_a_curve_leaves_the_axes_is_marked():
    axes = blank("", "x", "y")
    axes.set(xlim=(0, 4), ylim=(0, 1))
    leaving(axes, [0, 1, 2, 3, 4], [0.5, 1.5, 0.5, 2.5, 0.5], "#123456")
    assert [(line.get_marker(), *map(float, line.get_xydata()[0])) for line in axes.lines] == [
        ("^", 0.5, 1.0), ("^", 3.75, 1.0),
    ]  # fmt: skip
    leaving(axes, [0, 4], [1, -1], "#123456")
    assert [(line.get_marker(), *map(float, line.get_xydata()[0])) for line in axes.lines[2:]] == [("v", 2.0, 0.0)]


@plotted
def test_a_glossary_has_each_word_above_what_it_means():
    axes = glossary("Words", {"one": "first", "two": "second"}, (4.6, 2.0))
    assert [text.get_text() for text in axes.texts] == ["one", "first", "two", "second"]
    heights = [axes.transData.transform(text.get_position())[1] for text in axes.texts]
    assert heights == sorted(heights, reverse=True)
