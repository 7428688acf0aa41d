"""Data sets: the same bytes everywhere, and damaged files are never used, not even in part."""

import errno
import gzip
import hashlib
import io
import os
import struct
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import torch
import torchvision

from data import datasets
from data.datasets import DataError, Split

# Cards name their data by these; another Pillow or scikit-learn must not change them unseen.
DIGITS_SHA256 = {
    "train": "05da97997442bebf2272d44e5010769e58640c1d11bc9c74bcc3a755b7032a7f",
    "test": "905e4740ca067dd60a724dc97da7b38b57f2f004f7bb34d6176e8cd65463d4ca",
}


@pytest.mark.parametrize(("part", "size"), [("train", 1_437), ("test", 360)])
def test_digits_look_like_mnist(digits, part, size):
    split = getattr(digits, part)
    assert split.images.shape == (size, 1, 28, 28)
    assert split.images.dtype == torch.uint8
    assert split.labels.shape == (size,)
    assert split.labels.dtype == torch.int64
    assert split.labels.unique().tolist() == list(range(10))
    assert len(split) == size
    # Ink on black inside MNIST's 20x20 box, with the whole range of grey in use.
    frame = split.images.clone()
    frame[:, :, 4:24, 4:24] = 0
    assert not frame.any()
    assert split.images.min() == 0
    assert split.images.max() == 255
    assert split.images.flatten(1).max(1).values.min() > 200


@pytest.mark.parametrize("part", ["train", "test"])
def test_digits_are_the_same_bytes_everywhere(digits, part):
    split = getattr(digits, part)
    assert split.sha256 == DIGITS_SHA256[part]
    assert Split.of(split.images, split.labels).sha256 == split.sha256


def test_digits_are_the_ones_scikit_learn_has(digits):
    """Upright and in order: shrunk back, nearly all are nearest to their own original."""
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    original = torch.from_numpy(bunch.images[-360:]).float() / 16
    box = datasets.unit_interval(digits.test.images[:, :, 4:24, 4:24])
    shrunk = torch.nn.functional.interpolate(box, (8, 8), mode="bilinear", antialias=True)
    nearest = torch.cdist(shrunk.flatten(1), original.flatten(1)).argmin(1)
    assert (nearest == torch.arange(360)).sum() > 350
    assert torch.equal(digits.test.labels, torch.from_numpy(bunch.target[-360:]).long())


def test_the_hash_sees_images_labels_and_order(digits):
    images, labels = digits.test.images[:20], digits.test.labels[:20]
    other = images.clone()
    other[3, 0, 9, 9] ^= 1
    hashes = {
        Split.of(*pair).sha256
        for pair in ((images, labels), (other, labels), (images, labels.flip(0)))
    }
    assert len(hashes) == 3
    # A view with gaps in memory holds the same numbers.
    strided = digits.test.images.repeat_interleave(2, 0)[:40:2]
    assert Split.of(strided, labels).sha256 == Split.of(images, labels).sha256


def test_unit_interval_maps_bytes_onto_zero_to_one():
    floats = datasets.unit_interval(torch.tensor([0, 51, 255], dtype=torch.uint8))
    torch.testing.assert_close(floats, torch.tensor([0.0, 0.2, 1.0]))


def test_an_unknown_data_set_is_refused(assert_sentence):
    with pytest.raises(DataError, match="choose one of") as refused:
        datasets.load("cifar-10")
    assert_sentence(str(refused.value))


def test_the_folder_is_the_environments_or_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("LATENT_DATA", str(tmp_path))
    assert datasets.default_root() == tmp_path
    monkeypatch.setenv("LATENT_DATA", "")
    assert Path.home() in datasets.default_root().parents


def test_a_user_without_a_home_is_asked_for_a_folder(monkeypatch, assert_sentence):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("LATENT_DATA", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(DataError, match="LATENT_DATA") as refused:
        datasets.load("digits")
    assert_sentence(str(refused.value))


# --- files --------------------------------------------------------------------------------------


def idx(array):
    """An array of bytes in MNIST's format: magic number, sizes, content."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def fake_files():
    """The four files of a data set of 6 + 4 images."""
    draw = np.random.default_rng(0)
    files = {}
    for prefix, n in (("train", 6), ("t10k", 4)):
        images = draw.integers(0, 256, (n, 28, 28), np.uint8)
        files[f"{prefix}-images-idx3-ubyte"] = idx(images)
        files[f"{prefix}-labels-idx1-ubyte"] = idx(draw.integers(0, 10, n, np.uint8))
    return files


@pytest.fixture
def mirror(monkeypatch):
    """mirror(files): from here on the network serves these, and archives have these sums."""

    class Response(io.BytesIO):
        url, length = None, None

    def serve(files):
        served = {name: gzip.compress(content, mtime=0) for name, content in files.items()}

        def urlopen(request, *arguments, **options):
            return Response(served[request.full_url.rpartition("/")[2].removesuffix(".gz")])

        monkeypatch.setattr("urllib.request.urlopen", urlopen)

    return serve


def archives(files):
    """(archive, MD5) of each file, packed: what torchvision calls a data set's resources."""
    packed = {name: gzip.compress(content, mtime=0) for name, content in files.items()}
    return [(f"{name}.gz", hashlib.md5(content).hexdigest()) for name, content in packed.items()]


@pytest.fixture
def unpacked(tmp_path, monkeypatch, no_network):
    """A whole MNIST in miniature, unpacked and without archives: the folder of its files."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    files = fake_files()
    for name, content in files.items():
        (raw / name).write_bytes(content)
    sums = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    monkeypatch.setattr(datasets, "MNIST_MD5", sums)
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", archives(files))
    return raw


def test_whole_files_are_read_and_nothing_is_fetched(unpacked, tmp_path, no_network):
    mnist = datasets.load("mnist", tmp_path)
    files = fake_files()
    for split, prefix, n in ((mnist.train, "train", 6), (mnist.test, "t10k", 4)):
        pixels = np.frombuffer(files[f"{prefix}-images-idx3-ubyte"][16:], np.uint8)
        assert np.array_equal(split.images.numpy(), pixels.reshape(n, 1, 28, 28))
        assert split.labels.tolist() == list(files[f"{prefix}-labels-idx1-ubyte"][8:])
        assert split.labels.dtype == torch.int64
    assert no_network == []


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "one bit flipped": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "another file": lambda path: path.write_bytes(b"<html>please sign in</html>"),
}


@pytest.mark.parametrize("name", fake_files())
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("download", [False, True], ids=["forbidden", "offline"])
def test_damaged_files_are_never_used(
    damage, name, download, unpacked, tmp_path, no_network, assert_sentence
):
    damage(unpacked / name)
    with pytest.raises(DataError) as refused:
        datasets.load("mnist", tmp_path, download)
    message = str(refused.value)
    assert_sentence(message.replace(str(tmp_path), "the folder"))
    assert bool(no_network) == download
    with pytest.raises(DataError):  # nor at the second attempt
        datasets.load("mnist", tmp_path, download)


def test_a_file_that_may_not_be_read_is_named(unpacked, tmp_path, monkeypatch, assert_sentence):
    def forbidden(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(DataError, match="folder train-images-idx3-ubyte may not be") as refused:
        datasets.load("mnist", tmp_path)
    assert_sentence(str(refused.value))


@pytest.mark.parametrize("kind", ["a file", "a link to itself", "a full disk"])
def test_a_folder_that_takes_no_download_is_not_blamed_on_the_network(
    kind, unpacked, tmp_path, mirror, monkeypatch, assert_sentence
):
    root = tmp_path / "elsewhere"
    if kind == "a file":
        root.touch()
    elif kind == "a link to itself":
        root.symlink_to(root)
    else:

        def full(*_, **__):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("builtins.open", full)
    mirror(fake_files())
    with pytest.raises(DataError) as refused:
        datasets.load("mnist", root)
    assert_sentence(str(refused.value))
    assert "network" not in str(refused.value)
    assert ("disk is full" in str(refused.value)) == (kind == "a full disk")


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_fetched_again(damage, unpacked, tmp_path, mirror):
    whole = datasets.load("mnist", tmp_path)
    damage(unpacked / "train-labels-idx1-ubyte")
    mirror(fake_files())
    assert datasets.load("mnist", tmp_path).train.sha256 == whole.train.sha256


def test_a_data_set_is_fetched_into_an_empty_folder(unpacked, tmp_path, mirror):
    mirror(fake_files())
    fetched = datasets.load("mnist", tmp_path / "elsewhere")
    assert fetched.test.sha256 == datasets.load("mnist", tmp_path).test.sha256


def test_a_mirror_that_serves_other_bytes_is_not_believed(
    unpacked, tmp_path, mirror, assert_sentence
):
    (unpacked / "train-labels-idx1-ubyte").unlink()
    mirror({name: flipped(content) for name, content in fake_files().items()})
    with pytest.raises(DataError) as refused:
        datasets.load("mnist", tmp_path)
    assert_sentence(str(refused.value).replace(str(tmp_path), "the folder"))


def test_old_torchvision_caches_are_not_used(unpacked, tmp_path):
    """Before 0.9 torchvision kept pickled tensors beside the files; nothing vouches for them."""
    whole = datasets.load("mnist", tmp_path)
    processed = unpacked.parent / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        forged = (torch.zeros(6, 28, 28, dtype=torch.uint8), torch.zeros(6, dtype=torch.int64))
        torch.save(forged, processed / name)
    assert datasets.load("mnist", tmp_path).train.sha256 == whole.train.sha256


@pytest.fixture(params=["FashionMNIST", "KMNIST"])
def packed(request, tmp_path, monkeypatch, no_network):
    """Data sets that are recognised by their archives; returns (name, folder of the files)."""
    source = getattr(torchvision.datasets, request.param)
    raw = tmp_path / request.param / "raw"
    raw.mkdir(parents=True)
    for name, content in fake_files().items():
        (raw / name).write_bytes(content)
        (raw / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    monkeypatch.setattr(source, "resources", archives(fake_files()))
    return {"FashionMNIST": "fashion-mnist", "KMNIST": "kmnist"}[request.param], raw


def test_unpacked_files_are_held_against_their_archives(packed, tmp_path):
    name, raw = packed
    assert len(datasets.load(name, tmp_path, download=False).train) == 6
    damaged = raw / "train-images-idx3-ubyte"
    damaged.write_bytes(flipped(damaged.read_bytes()))
    with pytest.raises(DataError, match="missing or damaged"):
        datasets.load(name, tmp_path, download=False)


def test_files_that_nothing_vouches_for_are_not_deleted(packed, tmp_path):
    """Somebody may keep the unpacked files and no archive: refuse them, but they are theirs."""
    name, raw = packed
    kept = raw / "train-images-idx3-ubyte"
    kept.with_name(f"{kept.name}.gz").unlink()
    with pytest.raises(DataError):
        datasets.load(name, tmp_path)
    assert kept.read_bytes() == fake_files()[kept.name]


# --- EMNIST ---------------------------------------------------------------------------------------


def emnist_archive():
    """EMNIST's one archive with 6 + 4 letters, each a picture of one lit pixel in its first row."""
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        for part, n in (("train", 6), ("test", 4)):
            images = np.zeros((n, 28, 28), np.uint8)
            images[:, 20, 3] = 255  # transposed, as the files have it: row 3, column 20
            labels = np.arange(1, n + 1, dtype=np.uint8)
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                name = f"gzip/emnist-letters-{part}-{kind}-ubyte.gz"
                archive.writestr(name, gzip.compress(idx(array), mtime=0))
    return content.getvalue()


@pytest.fixture
def letters(tmp_path, monkeypatch, no_network):
    """The archive in its place; returns its path."""
    archive = tmp_path / "EMNIST" / "raw" / datasets.EMNIST_ARCHIVE
    archive.parent.mkdir(parents=True)
    archive.write_bytes(emnist_archive())
    monkeypatch.setattr(
        torchvision.datasets.EMNIST, "md5", hashlib.md5(archive.read_bytes()).hexdigest()
    )
    return archive


def test_letters_stand_upright_and_are_counted_from_0(letters, tmp_path, no_network):
    found = datasets.load("emnist-letters", tmp_path)
    assert found.train.images.shape == (6, 1, 28, 28)
    assert found.train.images.nonzero().tolist() == [[i, 0, 3, 20] for i in range(6)]
    assert found.train.labels.tolist() == list(range(6))
    assert found.test.labels.tolist() == list(range(4))
    assert found.classes == 6
    assert no_network == []


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("download", [False, True], ids=["forbidden", "offline"])
def test_a_damaged_archive_is_never_read(
    damage, download, letters, tmp_path, no_network, assert_sentence
):
    damage(letters)
    with pytest.raises(DataError) as refused:
        datasets.load("emnist-letters", tmp_path, download)
    assert_sentence(str(refused.value).replace(str(tmp_path), "the folder"))
    assert bool(no_network) == download


# --- the real thing, where it is ----------------------------------------------------------------

if os.environ.get("LATENT_DATA"):  # a cache folder may hold the start of a download

    @pytest.fixture(scope="module")
    def mnist():
        return datasets.load("mnist", download=False)

    def test_mnist_is_mnist(mnist):
        assert (len(mnist.train), len(mnist.test)) == (60_000, 10_000)
        counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        assert mnist.test.labels.bincount().tolist() == counts
        mean = mnist.train.images.double().mean().item() / 255
        assert mean == pytest.approx(0.13066, abs=1e-5)

    def test_grey_cross_entropy_has_the_known_floor(mnist):
        """45.53 nats an image: what a perfect copy of grey MNIST still costs."""
        x = datasets.unit_interval(mnist.test.images).double()
        entropy = -(torch.special.xlogy(x, x) + torch.special.xlogy(1 - x, 1 - x))
        assert entropy.sum().item() / len(x) == pytest.approx(45.53, abs=0.005)


def test_a_data_set_is_written_as_people_write_it_whoever_named_it():
    assert datasets.title_of({"name": "mnist"}, "its") == "MNIST"
    assert datasets.title_of({"name": "somebody's"}, "its") == "somebody's"
    assert datasets.title_of({}, "its") == "its"
    assert datasets.TITLES.keys() <= datasets.DATASETS.keys()
