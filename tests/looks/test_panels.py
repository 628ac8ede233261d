import pytest

from sparring.looks.panels import panels
from sparring.losses import NonSaturating, estimates


def test_scores_come_first_then_logits_losses_penalties_others_and_rates():
    names = [
        "generator/learning_rate", "generator/grey_level", "discriminator/r1", "generator/loss", "discriminator/loss",
        "discriminator/fake_logit", "discriminator/real_logit", "held out/kernel distance", "held out/precision",
    ]  # fmt: skip
    found = panels(names, "pictures")
    assert [panel.title for panel in found] == [
        "Kernel distance (lower is better)",
        "Precision, held-out pictures",
        "How real the discriminator finds pictures",
        "What each player minimises",
        "Penalties on the discriminator",
        "Grey level",
        "Learning rates",
    ]
    assert set(found[2].lines.values()) == {"real", "generated"}
    assert found[0].unit == "from held-out pictures"


def test_a_game_of_four_players_and_two_judges():
    players = ["generator_a", "generator_b", "judge_a", "judge_b"]
    names = [f"{player}/loss" for player in players] + [f"judge_{i}/{x}_logit" for i in "ab" for x in ("real", "fake")]
    found = panels(names)
    assert [panel.title for panel in found[:2]] == [f"How real the judge {i} finds examples" for i in "ab"]
    assert list(found[2].lines.values()) == ["generator a", "generator b", "judge a", "judge b"]


@pytest.mark.parametrize("name", ["/", "a/", "/b", "a/{x}", "a/$x$", "a/\n", "a/b/c", "held out/"])
def test_any_name_has_a_panel(name):
    (panel,) = panels([name])
    assert list(panel.lines) == [name]


def test_the_same_term_of_several_players_is_one_plot():
    (panel,) = panels(["x/value", "y/value"])
    assert panel.title == "Value"
    assert list(panel.lines.values()) == ["x", "y"]


def test_divergences_of_a_discriminator_share_a_plot():
    (panel,) = panels([f"discriminator/{name}" for name in estimates(NonSaturating())])
    assert (panel.title, panel.unit) == ("Divergences, as the discriminator estimates them", "nats")
    assert list(panel.lines.values()) == ["KL(data, model)", "KL(model, data)", "Jensen-Shannon"]
