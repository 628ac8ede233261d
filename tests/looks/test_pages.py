import base64
import hashlib
import re
from pathlib import Path

import pytest

import sparring
from sparring.looks.colours import COLOURS
from sparring.looks.pages import filled, style

TEMPLATE = "<meta content=\"style-src '{{style}}'; script-src '{{script}}'\"><style>{{looks}} p {}</style>{{words}}"


def test_the_policy_names_what_is_on_the_page():
    page = filled(TEMPLATE + "<script>1 + 1</script>", words="<p>{{looks}}</p>")
    content = {tag: re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1] for tag in ("style", "script")}
    assert content["script"] == "1 + 1"
    assert content["style"].endswith(" p {}")
    for text in content.values():
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in page
    assert page.count(style()) == 1, "not where somebody's text has that mark"


def test_a_mark_without_text_is_an_error():
    with pytest.raises(KeyError, match="script"):
        filled(TEMPLATE, words="")


def test_every_colour_is_there_in_both_modes_and_every_used_one_is_known():
    text = style()
    for name, colour in COLOURS.items():
        assert text.count(f"--{name}: {colour.light};") == text.count(f"--{name}: {colour.dark};") == 1
    assert set(re.findall(r"var\(--(\w+)\)", text)) <= COLOURS.keys()
    assert text.count("{") == text.count("}")
    assert not re.search(r"url\(|@import|</", text), "it loads nothing and ends no element"


def test_only_screens_are_dark():
    """What is printed from a dark screen is dark text on white paper."""
    assert "@media screen and (prefers-color-scheme: dark)" in style()
    assert style().count("prefers-color-scheme") == 1


TEMPLATES = sorted(Path(sparring.__file__).parent.rglob("*.html"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_every_page_has_the_style_and_no_colours_of_its_own(file):
    text = file.read_text()
    (own,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert own.startswith("{{looks}}")
    assert not re.search(r"#(?!fff\b)[0-9a-f]{3,8}\b|rgb|prefers-color-scheme", own), "colours have names"
    assert set(re.findall(r"var\(--(\w+)\)", own)) <= COLOURS.keys()
    assert '<html lang="en">' in text
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in text
    assert "style-src '{{style}}'" in text
    assert all(re.search(r"\balt=", image) for image in re.findall(r"<img[^>]*>", text))
