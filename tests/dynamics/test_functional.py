"""Differentiable SGD and Adam: torch's own over several steps, and their derivatives by finite differences."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from sparring.dynamics.functional import SGD, Adam

TARGETS = {"a": torch.tensor([3.0, -1.0, 0.5], dtype=torch.float64), "b": torch.tensor([[2.0]], dtype=torch.float64)}


def losses(parameters):
    """A function whose gradients differ in size, and grow."""
    return sum(((p - TARGETS[name]) ** 4).sum() + (3 * p).sin().sum() for name, p in parameters.items())


def gradients(parameters):
    values = torch.autograd.grad(losses(parameters), list(parameters.values()), create_graph=True)
    return dict(zip(parameters, values, strict=True))


def start():
    return {name: torch.zeros_like(target).requires_grad_() for name, target in TARGETS.items()}


@pytest.mark.parametrize(
    ("rule", "reference", "options"),
    [
        (SGD(0.01), torch.optim.SGD, {"lr": 0.01}),
        (SGD(0.01, 0.9), torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
        (Adam(0.1), torch.optim.Adam, {"lr": 0.1}),
        (Adam(0.05, (0.5, 0.9), 1e-4), torch.optim.Adam, {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-4}),
    ],
    ids=str,
)
def test_steps_are_those_of_torch(rule, reference, options):
    mine, theirs = start(), start()
    state, optimizer = rule.init(mine), reference(theirs.values(), **options)
    for _ in range(7):
        mine, state = rule(mine, gradients(mine), state)
        optimizer.zero_grad()
        losses(theirs).backward()
        optimizer.step()
        for name, p in theirs.items():
            torch.testing.assert_close(mine[name], p, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rule", [SGD(0.01, 0.5), Adam(0.1)], ids=str)
def test_a_parameter_without_a_gradient_stays_with_its_memory(rule):
    """As in torch, where its moments and its count of steps wait for the next gradient."""
    mine, theirs = start(), start()
    reference = torch.optim.SGD if isinstance(rule, SGD) else torch.optim.Adam
    options = {"momentum": rule.momentum} if isinstance(rule, SGD) else {}
    state, optimizer = rule.init(mine), reference(theirs.values(), lr=rule.lr, **options)
    for there in (True, False, True):
        slope = gradients(mine)
        mine, state = rule(mine, slope | {} if there else slope | {"a": None}, state)
        optimizer.zero_grad()
        losses(theirs).backward()
        theirs["a"].grad = theirs["a"].grad if there else None
        optimizer.step()
        torch.testing.assert_close(mine["a"], theirs["a"], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(mine["b"], theirs["b"], rtol=1e-12, atol=1e-12)


def through(rule, steps=3):
    """What the steps make of one parameter whose loss is weighted by another's."""

    def outcome(weight, first):
        p, state = {"p": first}, rule.init({"p": first})
        for _ in range(steps):
            slope = torch.autograd.grad((weight * (p["p"] - 2) ** 2).sum() / 2, p["p"], create_graph=True)[0]
            p, state = rule(p, {"p": slope}, state)
        return p["p"]

    return outcome


@pytest.mark.parametrize("rule", [SGD(0.1, 0.9), SGD(0.1, -0.5), Adam(0.1), Adam(0.3, (0.5, 0.9), 1e-4)], ids=str)
def test_three_steps_can_be_differentiated_twice(rule):
    at = (
        torch.tensor([0.3, 1.7], dtype=torch.float64, requires_grad=True),
        torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True),
    )
    assert gradcheck(through(rule), at)
    assert gradgradcheck(through(rule), at)


def test_a_gradient_of_0_gives_no_nan():
    """Before the first gradient that is not 0 Adam's root has no derivative: the step and its derivatives are 0."""
    weight = torch.tensor([0.0, 1.7], dtype=torch.float64, requires_grad=True)
    first = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    ends = through(Adam(0.1))(weight, first)
    assert ends[0].item() == 0.5
    slopes = torch.autograd.grad(ends.sum(), (weight, first), create_graph=True)
    assert [slope[0].item() for slope in slopes] == [0, 1]
    seconds = torch.autograd.grad(sum(slope.sum() for slope in slopes), (weight, first))
    assert all(torch.isfinite(value).all() for value in (*slopes, *seconds))


def test_states_are_not_changed_in_place():
    rule, parameters = Adam(0.1), start()
    state = rule.init(parameters)
    rule(parameters, gradients(parameters), state)
    assert state["steps"] == {"a": 0, "b": 0}
    assert not any(value.any() for part in ("first", "second") for value in state[part].values())
