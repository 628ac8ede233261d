"""`sparring figures`: the page, what is kept of the full tier, and what happens where a number is wrong."""

import html.parser
import json
import re
from collections import Counter

import pytest

from browser import CHROMIUM, Browser
from sparring import cli
from sparring.cli import figures, figures_kept, figures_page, figures_sources
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.vector import blank

CALLS = Counter()
HOSTILE = "</pre><script>alert(1)</script>&\"'"


def drawn(name, measured=1.0, pictures=2):
    CALLS[name] += 1
    axes = blank(name, "x", "y")
    axes.plot([0, 1], [0, measured], color="#0072b2")
    found = [Picture.of(axes, f'A line that rises to {measured} & "more".') for _ in range(pictures)]
    return Drawn(tuple(found), (Pair("a number", measured, 1.0, 0.01), Pair("no end", float("inf"), float("inf"), 0.0)))


def right():
    return drawn("right")


def wrong():
    return drawn("wrong", measured=1.5)


def long():
    return drawn("long", pictures=1)


def wide():
    """Eleven numbers, of which the tenth may be wrong."""
    pairs = [Pair(f"number {i}", i + WRONG.get(i, 0.0), i, 0.1) for i in range(11)]
    return Drawn(drawn("wide", pictures=3).pictures, tuple(pairs))


WRONG = {}


def much_later():
    if STOPS:
        raise STOPS.pop()
    return drawn("much_later")


STOPS = []


def saddle():
    return drawn("saddle")


def framework():
    return drawn("framework")


class Named(Figure):
    """A figure in this module, which has several."""

    @property
    def name(self):
        return self.make.__name__


def figure(make, tier="quick", section="3.2", source="report, figure 0."):
    about = {"text": "It rises. It ends.", "source": source, "python": HOSTILE}
    return Named(title=f"About {make.__name__}", make=make, tier=tier, section=section, seconds=120.0, **about)


@pytest.fixture
def few(monkeypatch, tmp_path):
    """Two quick figures, of which the second is wrong, and two of the full tier."""
    every = {f.name: f for f in (figure(right, section="3.10"), figure(wrong, section="3.9"))}
    every |= {f.name: f for f in (figure(long, "full", "5"), figure(much_later, "full", "5"))}
    monkeypatch.setattr(figures, "names", lambda: sorted(every))
    monkeypatch.setattr(figures, "find", every.__getitem__)
    monkeypatch.chdir(tmp_path)
    CALLS.clear()
    STOPS.clear()
    WRONG.clear()
    return tmp_path


@pytest.fixture
def folded(few, monkeypatch):
    """A figure of many numbers; what makes its page, and where that is."""
    monkeypatch.setattr(figures, "names", lambda: ["wide"])
    monkeypatch.setattr(figures, "find", lambda name: figure(wide))
    return lambda: cli.run("figures", ["wide"]), few / "runs" / "figures" / "wide.html"


class Reader(html.parser.HTMLParser):
    """Tags with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def of(self, *names):
        return [(tag, known) for tag, known in self.tags if tag in names]


def test_a_wrong_number_is_marked_and_has_an_exit_code(few, capsys):
    assert cli.run("figures", ["right"]) == 0
    assert cli.run("figures", []) == 5
    said = capsys.readouterr().out
    assert re.search(r"1/2  wrong +1 of 2 numbers WRONG", said), "3.9 is before 3.10"
    assert "a number: 1.5, expected 1 within 0.01" in said
    page = Reader(few.joinpath("runs/figures/figures.html").read_text())
    assert "Outside their tolerance: numbers of wrong." in page.text
    marked = [known["class"] for tag, known in page.of("tr", "span", "strong") if "class" in known]
    assert marked == ["wrong"] * 3, "in the summary, the contents and the table"
    assert CALLS == {"right": 2, "wrong": 1}, "no figure of the full tier"


def test_agreeing_numbers_are_not_marked(few):
    assert cli.run("figures", ["right", "--out", "here.html"]) == 0
    page = Reader(few.joinpath("here.html").read_text())
    assert "All agree." in page.text
    assert not [known for _, known in page.tags if known.get("class") == "wrong"]
    assert "\u221e" in page.text
    assert [path.name for path in few.iterdir()] == ["here.html"]


def test_the_full_tier_goes_on_where_it_was_stopped(few, capsys):
    """The page is whole after Ctrl-C; what is finished is not computed again; a stop says how to go on."""
    STOPS.append(KeyboardInterrupt())
    assert cli.run("figures", ["--full"]) == 130
    assert "give the same command again" in capsys.readouterr().err
    file = few / "runs" / "figures" / "figures.html"
    page = Reader(file.read_text())
    assert page.text.count("About long") == 2, "in the contents and above it"
    assert "Not computed yet: much_later." in page.text
    assert file.read_text().endswith("</html>\n")
    assert cli.run("figures", ["--full"]) == 5
    assert CALLS == {"right": 2, "wrong": 2, "long": 1, "much_later": 1}
    assert "Not computed" not in (text := Reader(file.read_text()).text)
    assert "SHA-256 of what made it" in text
    assert cli.run("figures", ["long"]) == 0
    assert CALLS["long"] == 1, "by its name neither"


def test_what_is_kept_says_what_made_it(few):
    cli.run("figures", ["long"])
    kept = json.loads(few.joinpath("runs/figures/long.json").read_text())
    assert kept["command"] == "sparring figures long"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["date"])
    assert kept["versions"].keys() == {"python", "sparring", "torch", "numpy"}
    assert re.fullmatch(r"[0-9a-f]{64}", kept["sha256"])
    assert kept["seconds"] > 0
    again = figures_kept.read(few / "runs/figures/long.json", figures.find("long"))
    assert CALLS["long"] == 1, "it was read"
    assert again.drawn == figures.find("long").draw()


@pytest.mark.parametrize("damage", ["changed", "cut", "of another", "no file", "of another form"])
def test_what_does_not_count_is_computed_again(few, damage):
    cli.run("figures", ["long"])
    file = few / "runs" / "figures" / "long.json"
    content = json.loads(file.read_text())
    texts = {"changed": json.dumps(content | {"sha256": "0" * 64}), "cut": file.read_text()[:-9],
             "of another": json.dumps(content | {"name": "much_later"}), "of another form": "[]"}  # fmt: skip
    file.write_text(texts[damage]) if damage in texts else file.unlink()
    assert cli.run("figures", ["long"]) == 0
    assert CALLS["long"] == 2


def test_what_made_a_figure_is_its_source_and_what_that_imports(monkeypatch, tmp_path):
    from sparring.figures import lines_apart

    found = figures_kept._reached(lines_apart)
    assert {"figures/lines_apart.py", "losses/divergences.py", "metrics/wasserstein.py", "chance.py"} <= found
    assert "losses/loss.py" in found, "by way of another"
    assert not [name for name in found if name.startswith(("looks", "cli", "recipes"))]
    before = figures_kept.made_by(lines_apart.FIGURE)
    for name in found:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((figures_kept._SOURCE / name).read_bytes())
    with (tmp_path / "chance.py").open("a") as file:
        file.write("# a change\n")
    monkeypatch.setattr(figures_kept, "_reached", lambda module: found)
    monkeypatch.setattr(figures_kept, "_SOURCE", tmp_path)
    assert figures_kept.made_by.__wrapped__(lines_apart.FIGURE) != before


def test_the_page_is_read_by_everybody(few):
    """Headings in order, an alternative text for each picture, contents that lead somewhere, and no address outside."""
    cli.run("figures", ["--full"])
    text = few.joinpath("runs/figures/figures.html").read_text()
    page = Reader(text)
    levels = [int(tag[1]) for tag, _ in page.of("h1", "h2", "h3", "h4")]
    assert levels == [1, 2, 3, 3, 2, 3, 3, 2]
    images = [known for _, known in page.of("img")]
    assert len(images) == 7
    assert all(known["alt"].startswith("A line") and known["width"] and known["height"] for known in images)
    assert all(known["src"].startswith("data:image/svg+xml;base64,") for known in images)
    ids = [known["id"] for _, known in page.tags if "id" in known]
    assert len(ids) == len(set(ids))
    inside, outside = {f"#{name}" for name in ids}, {"https://arxiv.org/abs/1701.00160"}
    assert {known["href"] for _, known in page.of("a")} == inside | outside
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "base"} == set()
    assert not re.search(r'(?<!<a href=")https?:|url\(|@import', text)
    assert HOSTILE in page.text, "as text"
    assert "Source: report, figure 0. This" in page.text
    assert len(page.of("th")) == 4 * (5 + 2)


def test_a_long_table_is_folded(folded):
    """Eight numbers are seen at once; all are in the page, below headings of their own."""
    compute, file = folded
    assert compute() == 0
    page = Reader(file.read_text())
    folds = [known["class"] for _, known in page.of("details")]
    assert folds == ["words", "group", "long", "more", "python"]
    assert "11 numbers, all agree" in page.text
    assert [known["aria-label"] for _, known in page.of("table")] == [
        "Numbers of: About wide", "More numbers of: About wide",
    ]  # fmt: skip
    assert "3 more rows" in page.text
    assert re.findall(r">number (\d+)<", file.read_text()) == [str(i) for i in range(11)]
    assert len(page.of("th")) == 2 * 5 + 11


def test_a_fold_does_not_hide_a_wrong_number(folded):
    WRONG[9] = 5.0
    compute, file = folded
    assert compute() == 5
    page = Reader(file.read_text())
    assert {"class": "more", "open": None} in (known for _, known in page.of("details"))
    assert {"class": "long", "open": None} in (known for _, known in page.of("details"))
    assert "11 numbers, 1 wrong" in page.text


def test_few_numbers_are_not_folded(few):
    cli.run("figures", ["right"])
    folds = Reader(few.joinpath("runs/figures/right.html").read_text()).of("details")
    assert [known["class"] for _, known in folds] == ["words", "group", "python"]


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("report, section 3.2.6 and figure 16; our costs have no factor 1/2", "figure 16"),
        ("report, figures 22 and 32, after Metz et al. 2016", "figures 22 and 32"),
        ("report, section 1 and figure 1; section 2.1, equation 3", "figure 1"),
        ("report, exercise 7.1, after Goodfellow et al. 2014, figure 1", ""),
        ("Arjovsky and Bottou 2017, figure 2; report, section 3.2.3", ""),
        ("report, section 3.2.1, and the caption of figure 35", ""),
        ("report, section 4.3. Figure 2 of it is small, as is figure 3", ""),
    ],
)
def test_a_label_is_a_figure_of_the_report(source, label):
    assert figures_page._label(source) == label


def test_the_page_is_in_the_order_of_the_report():
    """In a section by figure; after the report's exercises what goes beyond them."""
    found = [
        figure(wide, section="8.2"),
        figure(right, section="7.3", source="report, exercise 7.3"),
        figure(wrong, section="7.2", source="Heusel et al. 2017, after the report"),
        figure(long, section="3.9", source="Metz et al. 2016, figure 1"),
        figure(much_later, section="3.9", source="report, figure 16"),
        figure(drawn, section="3.10", source="report, figure 15"),
    ]
    found.sort(key=figures_page._place)
    assert [each.name for each in found] == ["much_later", "long", "drawn", "right", "wrong", "wide"]
    assert [figures_page._chapter(each) for each in found] == [3, 3, 3, 7, 8, 8]


def test_signs_are_no_numbers():
    signs = [Pair("A less B, sign", 1.0, -1.0, 0.0), Pair("does it grow, 1 is yes", 1.0, 1.0, 0.0)]
    numbers = [
        Pair("modes", 1.0, 1.0, 0.0), Pair("slope away from the sign of G", 0.0, 0.0, 1e-9),
        Pair("signs in all, sign by sign", 8.0, 8.0, 0.0), Pair("yesterday", 1.0, 1.0, 0.0),
    ]  # fmt: skip
    assert figures_page._tally([*signs, *numbers]) == "4 numbers and 2 signs"
    assert figures_page._tally(signs[:1]) == "1 sign"
    assert figures_page._tally(numbers) == "4 numbers"


def test_the_summary_says_what_is_rough(few):
    pairs = tuple(Pair(f"about {e}", e, e, w) for e, w in [(5.0, 3.0), (0.0, 1.0), (10.0, 1.0), (0.1, 0.1)])
    made = figures_kept.Made.now(figure(right), Drawn(drawn("rough").pictures, pairs), 1.0)
    rough = "Wide tolerances, such as 5 within 3, are for orders of magnitude and rough counts.</p>"
    said = figures_page._summary([made], [])
    assert "All agree, 2 of them only roughly." in said
    assert said.endswith(rough)


def test_who_is_new_is_told_what_to_look_at():
    found = [Named(**{**vars(figure(make)), "title": "A & B"}) for make in (saddle, right, framework)]
    assert figures_page._first(found[1:2]) == ""
    said = Reader(figures_page._first(found))
    assert [known["href"] for _, known in said.of("a")] == ["#framework", "#saddle"], "in the order to look at them"
    assert said.text.startswith("New here? Look at these two first:\nA & B")
    assert "at this one" in figures_page._first(found[:2])


@pytest.mark.parametrize(
    ("pair", "cells"),
    [
        (Pair("it grows, 1 is yes", 0.0, 1.0, 0.0), ["it grows", "no", "yes", "0", "\u2717 no"]),
        (Pair("A less B, sign", 1.0, -1.0, 0.0), ["A less B, sign", "+", "\u2212", "0", "\u2717 no"]),
        (Pair("share of yes, 1 is yes", 1.0, 1.0, 0.1), ["share of yes, 1 is yes", "1", "1", "0.1", "yes"]),
    ],
)
def test_what_is_no_quantity_is_printed_in_words(pair, cells):
    assert re.findall(r">([^<>]+)</t[hd]>", figures_page._row(pair)) == cells


def test_words_lead_to_a_figure_of_the_page():
    text, made = "Rules of the figure rules-on-xy, and the figure of all.", {"rules-on-xy": None}
    linked = 'Rules of the figure <a href="#rules-on-xy">rules-on-xy</a>, and the figure of all.'
    assert figures_page._linked(text, made) == linked
    assert figures_page._linked(text, {}) == text


def test_what_figures_name_is_among_the_sources():
    """Works by author and year, pages of the project, talks; and the report always."""
    from sparring.figures import find, names

    sources = [find(name).source for name in names()]
    work = r"[A-Z]\w+(?: et al\.| and [A-Z]\w+)? (?:19|20)\d\d|docs/\w+\.md|\bslides\b|\w+(?='s talk)|table of methods"
    named = {found for source in sources for found in re.findall(work, source)} - {"NIPS 2016"}
    assert {"Gavranović 2017", "Zhanson", "slides", "Goodfellow et al. 2014", "Goodfellow 2014"} <= named
    assert named <= {each.name for each in figures_sources.WORKS}, "add it to cli/figures_sources.py"
    assert named <= {each.name for each in figures_sources.cited(sources)}
    assert [each.name for each in figures_sources.cited([])] == ["report"]
    assert {each.address.partition(":")[0] for each in figures_sources.WORKS} == {"https", "http", ""}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("costz", "did you mean 'costs'"),
        ("--out page.txt", "--out is 'page.txt'; expected a name ending in .html"),
        ("costs --full", "leave out --full, or the names"),
    ],
)
def test_mistakes_are_explained(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run("figures", words.split()) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_list(few, capsys):
    assert cli.run("figures", ["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["wrong", "quick", "2"], ["right", "quick", "2"], ["long", "full", "2"], ["much_later", "full", "2"],
    ]  # fmt: skip
    assert not list(few.iterdir())


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_browser_lays_it_out(folded):
    """A phone folds a table, a desk its end, print nothing; two pictures share a row, and a text the third's."""
    compute, file = folded
    compute()
    first, last, words = (f"document.querySelector('{what}').checkVisibility()" for what in ("td", ".more td", "dd"))
    edges = "[...document.querySelectorAll('.pictures > *')].map(each => each.getBoundingClientRect())"
    lefts, tops = (f"{edges}.map(each => Math.round(each.{side}))" for side in ("left", "top"))
    column = "document.querySelector('h2').getBoundingClientRect().right"
    with Browser() as browser:
        browser.open(file, 1280)
        assert [browser.run(each) for each in (first, last, words)] == [True, False, False]
        one, two, three, text = browser.run(tops)
        assert one == two < three == text, "the text is beside the third"
        assert browser.run(f"{edges}[1].right") == pytest.approx(browser.run(column), abs=1)
        browser.tell("Emulation.setEmulatedMedia", media="print")
        assert [browser.run(each) for each in (first, last, words)] == [True, True, True]
        browser.tell("Emulation.setEmulatedMedia", media="")
        browser.open(file, 800)
        one, two, three, text = browser.run(tops)
        assert one == two < three == text
        one, two, three, text = browser.run(lefts)
        assert one == three < two == text
        browser.open(file, 390)
        assert len(set(browser.run(tops))) == 4
        assert [browser.run(each) for each in (first, last, words)] == [False, False, False]
        browser.run("document.querySelector('.long').open = true")
        assert [browser.run(each) for each in (first, last)] == [True, True], "all rows at once"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize("names", [["costs", "lines-apart"], pytest.param([], marks=pytest.mark.slow)], ids=len)
def test_a_browser_shows_it(names, tmp_path, monkeypatch):
    """At three widths, light and dark: no error, no missing picture, no scrolling sideways, nothing loaded."""
    monkeypatch.chdir(tmp_path)
    assert cli.run("figures", [*names, "--out", "page.html"]) == 0
    shown = {}
    with Browser() as browser:
        for width in (360, 768, 1440):
            for dark in (False, True):
                browser.open(tmp_path / "page.html", width, dark=dark)
                assert browser.run("document.documentElement.scrollWidth") == width
                folded = browser.run("!document.querySelector('nav a').checkVisibility()")
                assert folded == (width == 360), "contents"
                assert browser.run("[...document.images].filter(each => !each.naturalWidth).length") == 0
                assert browser.run("document.images.length") >= 4
                assert browser.run(
                    "[...document.querySelectorAll('.table')].every(t => t.scrollWidth <= t.clientWidth)"
                )
                shown[width, dark] = browser.picture()
        assert not browser.troubles
        assert {request.partition(":")[0] for request in browser.requests} == {"file", "data"}
    assert len(set(shown.values())) == 6
