"""Drawings of strangers: they show what is in them, and no other file."""

import pytest
from PIL import Image

from sparring.data.drawings import _drawn
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
    inside = f"<defs><rect id='images' {SIZE} fill='red'/></defs><use xlink:href='#images'/>"
    drawn = _drawn(f"<svg {HEAD}>{inside}</svg>".encode(), (8, 8))
    assert drawn.getpixel((4, 4)) == (255, 0, 0, 255)


def test_text_needs_no_font_of_this_machine():
    """The same drawing is the same picture on every machine."""
    drawn = _drawn(f"<svg {HEAD}><text y='8' font-size='8'>W</text></svg>".encode(), (8, 8))
    assert drawn.getbbox() is None
