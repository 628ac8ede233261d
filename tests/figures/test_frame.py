"""What figures are made of: pictures that move."""

import re

from sparring.figures.frame import Picture
from sparring.looks.plots import plotted
from sparring.looks.vector import blank


def film(count):
    axes = blank("Two places", "x", "y")
    frames = [axes.plot([0, i], [0, 0.123456]) for i in range(count)]
    return Picture.film(axes, frames, "A line that turns, and then turns more.", seconds=0.5).content.decode()


def test_frames_of_a_film_are_shown_one_by_one():
    drawn = plotted(film)(3)
    assert [drawn.count(f'id="frame{i}-"') for i in range(4)] == [1, 1, 1, 0]
    assert "animation: on 1.5s step-end infinite" in drawn
    assert re.findall(r'"frame(\d)-"\] { animation-delay: ([\d.]+)s', drawn) == [("0", "0"), ("1", "0.5"), ("2", "1")]


def test_a_film_stands_still_for_who_wants_no_motion():
    rest = plotted(film)(2).partition("prefers-reduced-motion")[2]
    assert '[id^="frame1-"] { visibility: visible; }' in rest


def test_a_film_is_the_same_each_time():
    assert plotted(film)(2) == plotted(film)(2)
