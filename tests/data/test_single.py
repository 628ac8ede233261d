import pytest
import torch

from made import encoded, folder, noise
from sparring import open_data
from sparring.data.preparation import Preparation
from sparring.data.single import open_picture


@pytest.mark.parametrize(
    ("shape", "preparation"),
    [((9, 8, 3), Preparation()), ((9, 8, 4), Preparation(size=(5, 7), fit="pad", alpha="red")),
     ((9, 8), Preparation(size=(4, 4), colour="colour")), ((9, 8, 4), Preparation(alpha="keep"))],
)  # fmt: skip
def test_a_file_alone_is_what_it_is_in_its_folder(tmp_path, shape, preparation):
    names = sorted(folder(tmp_path, count=3, shape=shape))
    found = open_data(tmp_path, preparation)
    alone = [open_picture(tmp_path / name, tuple(found.x.shape[1:]), preparation) for name in names]
    assert torch.equal(torch.stack(alone), found.x)


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "b.png").write_bytes(encoded(noise(9, 8))[:60])
    for name in ("a.png", "b.png"):
        with pytest.raises(ValueError, match=r"empty file|truncated"):
            open_picture(tmp_path / name, (1, 9, 8), Preparation())
    with pytest.raises(OSError, match="directory"):
        open_picture(tmp_path, (1, 9, 8), Preparation())
