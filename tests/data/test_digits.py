import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from made import idx
from sparring.data.digits import bounce, mnist, moving_digits, read, stacked
from sparring.data.embedded import fashion_mnist


def solid(count, height, width):
    """Pictures without a black pixel, so that where they are can be seen."""
    return torch.from_numpy(np.random.default_rng(0).integers(1, 256, (count, 1, height, width), np.uint8))


def paste(digit, top, left, size):
    frame = np.zeros((size, size), np.uint8)
    frame[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return frame


def test_digits_and_their_labels_are_those_of_the_files(tmp_path):
    x, y = solid(3, 4, 5), [7, 0, 7]
    tmp_path.joinpath("t10k-images-idx3-ubyte").write_bytes(idx(x[:, 0].numpy()))
    tmp_path.joinpath("t10k-labels-idx1-ubyte").write_bytes(idx(np.array(y, np.uint8)))
    pictures, labels = read(tmp_path, "t10k")
    assert torch.equal(pictures, x)
    assert labels.tolist() == y


def test_digits_that_are_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="mnist is not here yet: sparring data get mnist"):
        mnist("train")


def test_channels_are_digits_and_the_label_says_which():
    source = fashion_mnist("held_out")
    classes = {}
    for picture, label in zip(source.x[:, 0], source.y.tolist(), strict=True):
        classes.setdefault(picture.numpy().tobytes(), set()).add(label)
    made = stacked(source.x, source.y, 500, seed=2)
    assert made.x.shape == (500, 3, 28, 28)
    assert made.x.dtype == torch.uint8
    assert made.y.dtype == torch.int64
    for picture, label in zip(made.x.numpy(), made.y.tolist(), strict=True):
        for channel, digit in zip(picture, f"{label:03}", strict=True):
            assert int(digit) in classes[channel.tobytes()]


def test_all_thousand_modes_are_alike():
    """Pearson's statistic: 999 on average with a standard deviation of sqrt(2 999), here at most 5 of them away."""
    n, labels = 100_000, torch.arange(10, dtype=torch.uint8)
    made = stacked(labels.reshape(10, 1, 1, 1), labels, n)
    a, b, c = made.x.flatten(1).long().T
    assert torch.equal(made.y, 100 * a + 10 * b + c)
    counts = torch.bincount(made.y, minlength=1000).double()
    assert abs(((counts - n / 1000).square() / (n / 1000)).sum() - 999) < 5 * math.sqrt(2 * 999)


def test_the_same_stacks_every_time_and_more_begin_with_the_fewer():
    digits, labels = solid(30, 3, 2), torch.arange(30) % 10
    few, more, other = (stacked(digits, labels, n, seed=seed) for n, seed in ((20, 1), (50, 1), (20, 2)))
    assert torch.equal(few.x, more.x[:20])
    assert torch.equal(few.y, more.y[:20])
    assert not torch.equal(few.y, other.y)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(-9, 9)), min_size=1, max_size=3),
    st.floats(0.5, 40),
    st.integers(1, 30),
)
def test_bouncing_step_by_step(things, room, frames):
    """Fold against a simulation that turns round at each wall."""
    start = torch.tensor([[share * room] for share, _ in things], dtype=torch.float64)
    velocity = torch.tensor([[v] for _, v in things], dtype=torch.float64)
    places = bounce(start, velocity, frames, torch.tensor([room], dtype=torch.float64))
    assert places.shape == (frames, len(things), 1)
    for k, (share, velocity_at_first) in enumerate(things):
        x, v = share * room, velocity_at_first
        for frame in range(frames):
            assert abs(places[frame, k, 0].item() - x) < 1e-9
            x += v
            while not 0 <= x <= room:
                x, v = (-x if x < 0 else 2 * room - x), -v


def test_a_digit_moves_at_constant_speed():
    """One bright pixel as the digit, seen to half a pixel; where no wall is within a step, nothing turns."""
    size, speed, free = 601, 40.0, 0
    videos = moving_digits(solid(1, 1, 1), 6, frames=12, size=size, count=1, speed=speed)
    for video in videos[:, :, 0]:
        places = video.nonzero()
        assert places[:, 0].tolist() == list(range(12))  # inside, and once, in every frame
        places = places[:, 1:].double()
        steps = places.diff(dim=0)
        assert (steps.norm(dim=1) < speed + math.sqrt(2)).all()
        inside = ((places > speed + 1) & (places < size - 2 - speed)).all(dim=1)
        straight = inside[:-1] & inside[1:]
        assert (steps[straight].norm(dim=1) - speed).abs().max() < math.sqrt(2)
        twice = straight[:-1] & straight[1:]
        assert (steps.diff(dim=0)[twice].abs() <= 2).all()
        free += int(twice.sum())
    assert free > 20


def test_a_digit_is_drawn_whole():
    digits, size = solid(5, 7, 4), 20
    videos = moving_digits(digits, 12, frames=9, size=size, count=1)
    assert videos.shape == (12, 9, 1, size, size)
    assert videos.dtype == torch.uint8
    known = {digit.numpy().tobytes(): digit[0].numpy() for digit in digits}
    for video in videos[:, :, 0].numpy():
        seen = set()
        for frame in video:
            rows, columns = frame.any(axis=1).nonzero()[0], frame.any(axis=0).nonzero()[0]
            part = np.ascontiguousarray(frame[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
            assert np.array_equal(paste(known[part.tobytes()], rows[0], columns[0], size), frame)
            seen.add(part.tobytes())
        assert len(seen) == 1


def test_two_digits_overlap_by_maximum():
    """Every frame is the brighter of two pasted digits: looked for among all places."""
    digits, size = solid(1, 4, 4), 8
    pasted = [paste(digits[0, 0].numpy(), *place, size) for place in itertools.product(range(5), repeat=2)]
    possible = {np.maximum(a, b).tobytes() for a in pasted for b in pasted}
    videos = moving_digits(digits, 20, frames=6, size=size, speed=1.5)
    assert {frame.tobytes() for frame in videos.flatten(0, 2).numpy()} <= possible
    assert ((videos > 0).sum(dim=(2, 3, 4)) < 32).any()  # some do overlap


def test_the_same_videos_every_time_and_more_begin_with_the_fewer():
    digits = solid(30, 3, 5)
    few = moving_digits(digits, 4, frames=5, size=16, seed=1)
    assert torch.equal(few, moving_digits(digits, 9, frames=8, size=16, seed=1)[:4, :5])
    assert not torch.equal(few, moving_digits(digits, 4, frames=5, size=16, seed=2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x, y: stacked(x.float(), y), r"float32 of shape \[6, 1, 5, 5\]; expected bytes"),
        (lambda x, y: stacked(x[:, 0], y), r"shape \[6, 5, 5\]; expected bytes \(uint8\) of shape \[N, 1, H, W\]"),
        (lambda x, y: stacked(x[:0], y[:0]), "N of 1 or more"),
        (lambda x, y: stacked(x, y[:5]), r"shape \[5\]; expected integers in 0..9, one for each of 6"),
        (lambda x, y: stacked(x, y + 5), "integers in 0..9"),
        (lambda x, y: stacked(x, y.float()), "labels are torch.float32"),
        (lambda x, y: stacked(x, y, 0), "n is 0; expected 1 or more"),
        (lambda x, y: moving_digits(x.expand(6, 3, 5, 5), 1), r"shape \[6, 3, 5, 5\]"),
        (lambda x, y: moving_digits(x, 0), "n is 0"),
        (lambda x, y: moving_digits(x, 1, frames=0), "frames is 0"),
        (lambda x, y: moving_digits(x, 1, count=-1), "count is -1"),
        (lambda x, y: moving_digits(x, 1, size=5), "5 x 5 pixels in a frame of 5; expected a larger frame"),
        (lambda x, y: moving_digits(x, 1, speed=0.0), "speed is 0.0"),
        (lambda x, y: moving_digits(x, 1, speed=math.nan), "speed is nan"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make(solid(6, 5, 5), torch.arange(6))
