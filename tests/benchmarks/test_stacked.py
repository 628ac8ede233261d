"""The benchmark on Stacked MNIST: small networks of the same kinds, on pictures of noise."""

import pytest

import discover
from sparring import Key
from sparring.data.digits import stacked

bench = discover.script(discover.RECORDS.parent / "stacked.py")
SMALL = bench.Setting(rounds=2, batch=4, latent=4, samples=20)


@pytest.fixture(scope="module")
def data():
    return stacked(Key(0).integers("pixels", (50, 1, 28, 28), 256).byte(), Key(0).integers("labels", (50,), 10), 100)


@pytest.mark.parametrize("name", bench.METHODS)
def test_each_method_is_played_and_its_samples_kept(name, data, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "SHEETS", tmp_path)
    found = bench.play(name, 0, data, SMALL)
    assert 1 <= found["found"]["covered"] <= SMALL.samples
    assert [file.name for file in tmp_path.iterdir()] == [f"{name}.0.npy"]


@pytest.mark.parametrize("name", bench.METHODS)
def test_the_discriminator_has_about_a_quarter_of_the_generators_parameters(name, data):
    game = bench.trainer(bench.METHODS[name], 0, data, bench.Setting())[0].game
    sizes = {player: sum(p.numel() for p in game.strategy(player).values()) for player in game.players()}
    assert 0.25 <= sizes["discriminator"] / sizes["generator"] <= 0.29
