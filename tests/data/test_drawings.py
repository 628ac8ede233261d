"""Drawings of strangers: they show what is in them, and no other file."""

import pytest
from PIL import Image

from made import packed
from sparring.data.drawings import _drawn, read_drawings
from sparring.data.picture import BadPictureError

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 8 8"'
SIZE = 'width="8" height="8"'

OPENING = {
    "a picture": "<svg {head}><image href='{file}' {size}/></svg>",
    "an old link": "<svg {head}><image xlink:href='{file}' {size}/></svg>",
    "a prefix": "<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:image href='{file}' {size}/></s:svg>",
    "a filter": "<svg {head}><filter id='f'><feImage href='{file}'/></filter><rect {size} filter='url(#f)'/></svg>",
    "an entity": "<!DOCTYPE svg [<!ENTITY p '{file}'>]><svg {head}><image href='&p;' {size}/></svg>",
    "a hidden element": "<!DOCTYPE svg [<!ENTITY p \"<image href='{file}' {size}/>\">]><svg {head}>&p;</svg>",
    "a line end": "<svg {head}><image\n\thref='{file}' {size}/></svg>",
}


@pytest.mark.parametrize("way", OPENING)
def test_no_other_file_is_opened(tmp_path, way):
    Image.new("RGB", (8, 8), "red").save(tmp_path / "secret.png")
    svg = OPENING[way].format(head=HEAD, size=SIZE, file=tmp_path / "secret.png")
    with pytest.raises(BadPictureError, match="a drawing that shows another file"):
        _drawn(svg.encode(), (8, 8))


def test_others_are_drawn():
    """A link inside of a drawing is none to a file."""
    inside = f"<defs><rect id='images12345678' {SIZE} fill='#ff00001e'/></defs><use xlink:href='#images12345678'/>"
    inside += f"<rect {SIZE} fill='#ff0000' opacity='0.99999999'/>"
    drawn = _drawn(f"<svg {HEAD}>{inside}</svg>".encode(), (8, 8))
    assert drawn.getpixel((4, 4)) == (255, 0, 0, 255)


def test_text_needs_no_font_of_this_machine():
    """The same drawing is the same picture on every machine."""
    drawn = _drawn(f"<svg {HEAD}><text y='8' font-size='8'>W</text></svg>".encode(), (8, 8))
    assert drawn.getbbox() is None


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<path d='M1 2L8 3Z' stroke='red' stroke-width='4294967295'/>", "a number of seven digits or more"),
        ("<rect width='1e38' height='2'/>", "a number of seven digits or more"),
        ("<g opacity='0.9'>" * 50 + "</g>" * 50, "more than 50 elements in each other"),
        ("<filter id='f'>" * 20_000 + "</filter>" * 20_000, "more than 50 elements in each other"),
        (f"<desc>{'x' * 2**20}</desc>", "over 1 MB"),
        ("<filter id='f'><feTurbulence numOctaves='100000'/></filter>", "feTurbulence, which may take hours"),
        ("<g>", "cannot be drawn"),
    ],
)
def test_what_would_end_the_process_is_refused(inside, why):
    with pytest.raises(BadPictureError, match=why):
        _drawn(f"<svg {HEAD}>{inside}</svg>".encode(), (8, 8))


@pytest.mark.parametrize("damage", ["a byte", "gone"])
def test_a_damaged_drawing_is_skipped(tmp_path, damage):
    svgs = [(f"{i}.svg", f"<svg {HEAD}><rect {SIZE} fill='#{i}00'/></svg>".encode()) for i in range(3)]
    path = packed(tmp_path / "a.zip", [(f"x/{name}", svg) for name, svg in svgs[damage == "gone" :]])
    content = path.read_bytes()
    path.write_bytes(content if damage == "gone" else content.replace(b"#000", b"#001", 1))
    found = read_drawings(path, [(str(i), "") for i in range(3)], ["x"], (8, 8))
    with pytest.raises(BadPictureError, match="archive"):
        found.header(0)
    assert [found.image(i, (8, 8)).size for i in (1, 2)] == [(8, 8)] * 2
