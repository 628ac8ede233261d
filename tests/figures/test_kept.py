"""Kept results of the full tier: whole, and what docs/figures.md says of them."""

import pytest

import discover

TOOL = discover.script(discover.TESTS.parent / "tools" / "keep_figures.py")
KEPT = TOOL.kept()


def test_each_figure_of_the_full_tier_is_kept():
    assert [figure.name for figure in TOOL.full()] == list(KEPT), "run `sparring figures --full`, then the tool"


def test_the_page_says_what_is_kept():
    said = TOOL.PAGE.read_text(encoding="utf-8").partition(TOOL.HEAD)[2].partition(TOOL.TAIL)[0]
    assert said == TOOL.section(KEPT), "run `python tools/keep_figures.py`"


@pytest.mark.parametrize("made", KEPT.values(), ids=KEPT)
def test_a_result_says_what_made_it(made):
    assert made["command"] == f"sparring figures {made['name']}"
    assert made["versions"].keys() >= {"python", "torch", "sparring"}
    assert len(made["sha256"]) == 64
    assert made["pairs"]
    assert all((TOOL.PICTURES / one["file"]).is_file() and one["alternative"] for one in made["pictures"])
