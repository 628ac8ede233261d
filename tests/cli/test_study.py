import torch

from made import noise
from sparring import InMemory
from sparring.cli.material import Material
from sparring.cli.study import Plan, classifier, copied, search
from sparring.data.embedded import FASHION_CLASSES, fashion_mnist
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
    found = {quick: search(Plan(slow, (), 300, quick, 0, "average"), material, Evaluation([], *features, features[0]))
             for quick in (True, False)}  # fmt: skip
    assert found[True].name == "pixels at 32 x 32"
    assert found[True].features.shape == (300, 3 * 32 * 32)
    assert found[False].name == "slow"
    assert copied(found[True]).content["copies"]
    assert copied(None) is None
    pixels = search(Plan(Pixels(), (), 300, True, 0, "average"), material, Evaluation([], *features, features[0]))
    assert pixels.name == "pixels", "they are quick"
    assert search(Plan(slow, (), 0, True, 0, "average"), material, Evaluation([], *features, features[0])) is None


def test_the_shipped_classifier_names_the_garments_it_knows_and_no_others():
    data = fashion_mnist("held_out")
    parts = [data.view(torch.arange(100) + 100 * i) for i in range(3)]
    material = Material(data.kind, *parts, "garments", training=parts[2])
    plan = Plan(Pixels(), (), 0, True, 0, "average")
    shipped, other = (classifier(plan, material, names) for names in (FASHION_CLASSES, FASHION_CLASSES[::-1]))
    assert shipped.words == "the one that ships with sparring"
    assert (shipped.names(parts[0], torch.zeros(100, 1)) == parts[0].batch().y).double().mean() > 0.9
    assert other.words == "trained on 100 real examples, by pixels"
    pixels = parts[2].examples().flatten(1)
    assert (other.names(parts[2], pixels) == parts[2].batch().y).all()
