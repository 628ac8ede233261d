import torch

from sparring.cli import evaluation_figures as figures
from sparring.cli.report_page import report
from sparring.data.embedded import fashion_mnist
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points


def test_all_figures_of_garments_make_a_page():
    training, real = fashion_mnist().split(100, 0)[1], fashion_mnist("held_out").examples()[:40]
    x = training.examples()
    log = [{"round": float(n), "a/loss": 1.0} for n in range(9)]
    made = [
        figures.beside(Pictures(), real, x[:40], 1200),
        figures.copies(training, x.flatten(1), x[:40], x[:40].flatten(1), 0, "pixels"),
        figures.classes(real, x[:40]),
        figures.course(log, Pictures()),
    ]
    assert "The first 1,200 of each" in made[0].text
    assert "The nearest of 100 training pictures, compared by pixels." in made[1].text
    page = report("All", [], [], made)
    assert page.count("<img ") == 4


def test_few_examples_have_few_neighbours():
    training = fashion_mnist().split(3, 0)[1]
    x = training.examples()
    assert figures.copies(training, x.flatten(1), x[:1], x[:1].flatten(1), 0, "pixels").image.height > 64


def test_points_are_drawn_together():
    assert figures.beside(Points(), torch.zeros(100, 2), torch.ones(90, 2), 100).image.width > 100
