"""Pages that load nothing; that of a Turing test, with pictures in random order and a veiled key."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sparring.looks import pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL import Image

    from sparring.chance import Key

__all__ = ["encoded_key", "filled", "page", "uri"]


def page(real: Sequence[Image.Image], generated: Sequence[Image.Image], key: Key, about: Mapping[str, Any]) -> str:
    """The page.

    The answers are in it as in `encoded_key`: unreadable at a glance, readable to whoever wants to.

    Args:
        real: Pictures of real examples.
        generated: Pictures of generated ones.
        key: Decides the order.
        about: What goes into the file of answers besides: names and values of JSON.
    """
    both = [*((image, False) for image in real), *((image, True) for image in generated)]
    shown = [both[i] for i in key.permutation("order", len(both)).tolist()]
    data = {
        **about,
        "pictures": [uri(image) for image, _ in shown],
        "key": base64.b64encode(encoded_key([truth for _, truth in shown], key)).decode(),
    }
    return filled("turing.html", data=_json(data))


def filled(name: str, **marks: str) -> str:
    """The template of that name in this folder, as `sparring.looks.pages.filled` fills it."""
    return pages.filled(files("sparring.cli").joinpath(name).read_text(encoding="utf-8"), **marks)


def encoded_key(truths: Sequence[bool], key: Key) -> bytes:
    """A random byte for each truth: one with an odd number of ones says yes."""
    noise = (int(word) & 254 for word in key.words("veil", len(truths)))
    return bytes(byte | (byte.bit_count() % 2 != truth) for byte, truth in zip(noise, truths, strict=True))


def uri(image: Image.Image) -> str:
    """The picture as an address that holds it, a PNG."""
    from sparring.kinds import drawing

    return f"data:image/png;base64,{base64.b64encode(drawing.encode(image)).decode()}"


def _json(data: object) -> str:
    """JSON in which no text can end the element that it is in."""
    return json.dumps(data).replace("<", "\\u003c")
