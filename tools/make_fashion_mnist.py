"""Makes src/sparring/data/fashion_mnist.npz from the official files of Fashion-MNIST's training set.

Usage: python tools/make_fashion_mnist.py FOLDER

The folder holds train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz; Debian's package dataset-fashion-mnist has
them.

Of each class, 1,000 pictures to train on and 100 more held out, chosen by a fixed seed. The test set is not read.
Source: https://github.com/zalandoresearch/fashion-mnist (MIT).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[1] / "src" / "sparring" / "data" / "fashion_mnist.npz"
SHA256 = {
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
}
SEED, PER_CLASS, HELD_OUT = 0, 1000, 100


def read(folder: Path, name: str, offset: int) -> np.ndarray:
    content = gzip.decompress((folder / name).read_bytes())
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        sys.exit(f"{name} does not hold the training set of Fashion-MNIST: its SHA-256, unpacked, differs")
    return np.frombuffer(content, np.uint8, offset=offset)


def main(folder: Path) -> None:
    images = read(folder, "train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read(folder, "train-labels-idx1-ubyte.gz", 8)
    rng = np.random.Generator(np.random.Philox(SEED))
    chosen = np.stack([rng.permutation(np.flatnonzero(labels == c))[: PER_CLASS + HELD_OUT] for c in range(10)])
    # Sorted, so that the file does not depend on the order of a shuffle.
    parts = {"train": np.sort(chosen[:, :PER_CLASS].ravel()), "held_out": np.sort(chosen[:, PER_CLASS:].ravel())}
    arrays = {
        f"{name}_{kind}": source[index]
        for name, index in parts.items()
        for kind, source in (("images", images), ("labels", labels))
    }
    with zipfile.ZipFile(OUT, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_LZMA)
    print(f"{OUT}: {OUT.stat().st_size} bytes, SHA-256 {hashlib.sha256(OUT.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
