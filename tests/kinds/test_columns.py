import pytest
import torch
from scipy.stats import ks_2samp
from scipy.stats.contingency import association, crosstab

from small_recipes import survey
from sparring import Key
from sparring.kinds.columns import Category, Code, Number, cramers_v

KEY = Key(7)


def test_numbers_are_as_far_as_scipy_says():
    column = Number("x", -3.0, 3.0)
    x, y = KEY.normal("x", (50, 1)), KEY.normal("y", (80, 1)).round(decimals=1) + 0.3
    assert column.distance(x, y) == pytest.approx(ks_2samp(x[:, 0], y[:, 0]).statistic)
    assert column.distance(x, x) == 0
    assert column.distance(x, x + 100) == 1


@pytest.mark.parametrize("make", [Category, Code])
def test_categories_are_as_far_as_their_shares(make):
    column = make("c", ("a", "b", "c"))
    x, y = column.encode(["a", "a", "b", "b"]), column.encode(["a", "c", "c", "c", "c"])
    assert column.distance(x, y) == pytest.approx((0.3 + 0.5 + 0.8) / 2)
    assert column.decode(x + 0.3) == ["a", "a", "b", "b"]


def test_the_largest_number_and_the_nearest_place_decide():
    assert Category("c", ("a", "b")).decode(torch.tensor([[0.2, 0.1], [-5.0, -4.0]])) == ["a", "b"]
    assert Code("c", ("a", "b")).decode(torch.tensor([[0.4], [7.0], [-3.0]])) == ["a", "b", "a"]


def test_numbers_keep_their_decimals():
    column = Number("age", 18.0, 90.0, 0)
    assert column.decode(torch.tensor([[-1.0], [1.0], [0.001]])) == ["18", "90", "54"]
    assert column.values(column.clean(torch.tensor([[0.001]]))).item() == pytest.approx(54)


def test_association_is_scipys():
    x, y = KEY.integers("x", (200,), 4), KEY.integers("y", (200,), 3)
    y = torch.where(KEY.uniform("same", (200,)) < 0.5, x % 3, y)
    assert cramers_v(x, y) == pytest.approx(association(crosstab(x, y).count, method="cramer"))
    assert cramers_v(x, x) == pytest.approx(1)
    assert cramers_v(x, torch.zeros(200, dtype=torch.long)) == 0


def test_a_table_shuffled_column_by_column_is_known_by_its_associations():
    real, other = survey.rows(2000), survey.rows(2000, seed=1)
    apart = torch.cat([part[KEY.permutation(str(i), 2000)] for i, part in enumerate(survey.KIND.parts(real))], dim=1)
    same, shuffled = (survey.KIND.summary(x, real) for x in (other, apart))
    name = "association of two columns: mean difference"
    assert shuffled["age: Kolmogorov-Smirnov"] == 0
    assert shuffled[name] > 3 * same[name]
    assert "nearest training row: median distance" not in same


def test_copies_of_rows_are_at_no_distance():
    x = survey.rows(50)
    found = survey.KIND.summary(x[:20], survey.rows(50, seed=1), training=x)
    assert found["nearest training row: median distance"] < 1e-3
