import torch

from made import noise
from sparring import InMemory
from sparring.cli.material import Material
from sparring.cli.study import Plan, copied, search
from sparring.evaluation.measures import Evaluation
from sparring.kinds.pictures import Pictures
from sparring.metrics.extractors import Network, Pixels


def bytes_(n):
    return torch.from_numpy(noise(n, 3, 40, 40))


def test_copies_are_sought_by_small_pixels_where_a_network_would_take_minutes():
    """A copy is one by pixels too. Whoever names features has them."""
    training, slow = bytes_(300), Network("slow", "", lambda x: x[:, :, ::56, ::56].flatten(1))
    sets = [InMemory(x) for x in (training[:100], bytes_(100), bytes_(100), training)]
    material = Material(Pictures(), *sets[:3], "noise", run=None, training=sets[3])
    features = [slow(part.examples()) for part in sets[1::-1]]
    found = {quick: search(Plan(slow, (), 300, quick, 0, "average"), material, Evaluation([], *features))
             for quick in (True, False)}  # fmt: skip
    assert found[True].name == "pixels at 32 x 32"
    assert found[True].features.shape == (300, 3 * 32 * 32)
    assert found[False].name == "slow"
    assert copied(found[True]).content["copies"]
    assert copied(None) is None
    pixels = search(Plan(Pixels(), (), 300, True, 0, "average"), material, Evaluation([], *features))
    assert pixels.name == "pixels", "they are quick"
    assert search(Plan(slow, (), 0, True, 0, "average"), material, Evaluation([], *features)) is None
