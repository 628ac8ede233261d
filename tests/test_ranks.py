"""Several ranks: what they exchange, its derivatives, and what happens when one of them ends."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import processes
from sparring import Key
from sparring.ranks import ALONE, Threads, of_environment

RANKS = (2, 3)
X = Key(0).normal("x", (12, 3), torch.float64)
W = Key(1).normal("w", (3,), torch.float64)


def share(ranks):
    return X.chunk(ranks.size)[ranks.index]


def cost(ranks, w, x):
    """Each row against the mean of all: not a mean over rows, but the mean over ranks of this is that of one."""
    y = (x @ w).tanh()
    return ((y - ranks.gather(y).mean()) ** 2 * x[:, 0].exp()).mean() + ranks.gather(y).square().mean() ** 2


def derivatives(ranks):
    """The gradient of the cost, and that of its squared length, each a mean over ranks."""
    w, x = W.clone().requires_grad_(), share(ranks)
    slope = ranks.mean(torch.autograd.grad(cost(ranks, w, x), [w], create_graph=True))[0]
    second = ranks.mean(torch.autograd.grad(slope.square().sum(), [w], create_graph=True))[0]
    third = ranks.mean(torch.autograd.grad(second.square().sum(), [w]))[0]
    return slope.detach(), second.detach(), third


@pytest.mark.parametrize("size", RANKS)
def test_rows_are_gathered_in_order(size):
    for rows in Threads.run(size, lambda ranks: ranks.gather(share(ranks))):
        assert torch.equal(rows, X)


@pytest.mark.parametrize("size", RANKS)
def test_means_keep_shapes_and_types(size):
    def play(ranks):
        i = ranks.index
        return ranks.mean([torch.tensor(float(i)), torch.full((2, 2), 3.0 * i, dtype=torch.float64), torch.ones(1, 3)])

    for scalar, square, row in Threads.run(size, play):
        assert scalar.item() == (size - 1) / 2
        assert torch.equal(square, torch.full((2, 2), 3.0 * (size - 1) / 2, dtype=torch.float64))
        assert torch.equal(row, torch.ones(1, 3))


@pytest.mark.parametrize("size", RANKS)
def test_derivatives_are_those_of_one_process_on_the_whole_batch(size):
    """Of first, second and third order, on every rank."""
    expected = derivatives(ALONE)
    for found in Threads.run(size, derivatives):
        for value, other in zip(found, expected, strict=True):
            torch.testing.assert_close(value, other, rtol=1e-12, atol=1e-12)


def test_the_derivative_of_gathered_rows_sums_over_ranks():
    """Every rank looks at the rows of rank 0: their derivative is what all of them say."""

    def play(ranks):
        x = torch.ones(2, requires_grad=True)
        (slope,) = torch.autograd.grad((ranks.gather(x)[:2] * (ranks.index + 1)).sum(), x)
        return slope.tolist()

    assert Threads.run(3, play) == [[6.0, 6.0], [0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("culprit", [0, 1, 2])
def test_a_rank_that_raises_ends_the_others_with_its_own_error(culprit):
    """Not with that of a rank that waited for it in vain."""

    def play(ranks):
        ranks.gather(torch.zeros(1))
        if ranks.index == culprit:
            raise ZeroDivisionError(f"rank {culprit}")
        return ranks.gather(torch.zeros(1))

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError, match=f"rank {culprit}"):
        Threads.run(3, play)
    assert threading.active_count() == before


def test_a_rank_has_the_generator_of_torch_to_itself():
    """As the only one in its process would: what others seed while it waits is not seen, and nobody runs beside it."""
    here = []

    def play(ranks):
        torch.manual_seed(ranks.index)
        for _ in range(3):
            here.append(ranks.index)
            time.sleep(0.01)
            assert here == [ranks.index]
            here.remove(ranks.index)
            ranks.gather(torch.zeros(1))
            drawn = torch.rand(2)
        return drawn

    for index, drawn in enumerate(Threads.run(3, play)):
        torch.manual_seed(index)
        torch.testing.assert_close(drawn, torch.rand(3, 2)[2], rtol=0, atol=0)


def test_one_process_is_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert of_environment("cpu") is ALONE
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert of_environment("cpu") is ALONE
    assert ALONE.gather(X) is X
    assert ALONE.mean([X])[0] is X


SCRIPT = Path(processes.__file__)
PATHS = os.pathsep.join([str(SCRIPT.parent), *(p for p in sys.path if p)])
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"}


def test_two_processes_do_what_one_does(tmp_path):
    """Parameters and buffers of some games after three rounds, under torchrun with gloo."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [*torchrun, str(SCRIPT), "play", str(tmp_path)]
    done = subprocess.run(command, check=False, env=ENVIRONMENT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    for name in processes.PLAYED:
        expected = processes.tensors_of(processes.trainer_of(name).play())
        for rank in range(2):
            found = load_file(tmp_path / f"{name} {rank}")
            assert found.keys() == expected.keys()
            for tensor, value in expected.items():
                torch.testing.assert_close(found[tensor], value, rtol=1e-10, atol=1e-10)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.parametrize("way", ["die", "freeze"])
def test_a_rank_that_is_gone_ends_the_others(way):
    """One that is killed at once, one that says nothing within the timeout; with nobody to look after them."""
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"}
    command = [sys.executable, str(SCRIPT), way, "5"]
    environments = [{**ENVIRONMENT, **place, "RANK": str(rank)} for rank in range(2)]
    other = subprocess.Popen(command, env=environments[1], stderr=subprocess.DEVNULL)
    try:
        left = subprocess.run(command, check=False, env=environments[0], capture_output=True, text=True, timeout=120)
    finally:
        other.kill()
        other.wait()
    assert left.returncode != 0
    assert "gloo" in left.stderr.lower()
