"""A folder of pictures as a data set: any pictures come in, and damaged ones are only counted."""

import logging

import numpy as np
import pytest
import torch
from PIL import Image

from data import datasets, folder, layout
from data.datasets import DataError
from evaluation.measures import Measure
from models import zoo
from training import __main__ as cli
from training.recipes import RECIPES


def picture(seed=0, size=(30, 20), mode="L"):
    """Grey levels of chance; width and height, as Pillow has them."""
    levels = np.random.default_rng(seed).integers(0, 256, size[::-1], np.uint8)
    return Image.fromarray(levels).convert(mode)


def fill(root, classes, count=12, **form):
    for number, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for i in range(count):
            picture(100 * number + i, **form).save(root / name / f"{i}.png")
    return root


def everything(found):
    return torch.cat([found.train.images, found.test.images])


def test_sub_folders_are_classes_and_pictures_get_the_size_that_is_asked_for(tmp_path):
    found = folder.read(fill(tmp_path / "letters", "ab"), 8, 12)
    assert found.name == "folder:letters"
    assert found.classes == 2
    assert found.train.images.shape[1:] == (1, 8, 12)
    assert found.train.images.dtype == torch.uint8
    assert found.train.labels.bincount().tolist() == [10, 10]
    assert found.test.labels.bincount().tolist() == [2, 2]
    expected = picture(0).resize((12, 8), Image.Resampling.HAMMING)
    distances = (everything(found).int() - torch.from_numpy(np.array(expected)).int()).abs()
    assert distances.flatten(1).max(1).values.min() <= 1


def test_the_same_folder_gives_the_same_splits_wherever_it_lies(tmp_path):
    one, two = (folder.read(fill(tmp_path / at / "x", "ab"), 8, 8) for at in "pq")
    assert one.train.sha256 == two.train.sha256
    assert one.test.sha256 == two.test.sha256
    (tmp_path / "q" / "x" / "a" / "0.png").unlink()
    assert folder.read(tmp_path / "q" / "x", 8, 8).train.sha256 != one.train.sha256 or (
        folder.read(tmp_path / "q" / "x", 8, 8).test.sha256 != one.test.sha256
    )


def test_without_sub_folders_nothing_is_labelled(tmp_path):
    found = folder.read(fill(tmp_path, ["only"], 30) / "only", 8, 8)
    assert found.classes == 1
    assert len(found.train) + len(found.test) == 30


def test_one_coloured_picture_makes_all_of_them_coloured(tmp_path):
    assert folder.read(fill(tmp_path / "grey", "ab", mode="RGB"), 8, 8).train.images.shape[1] == 1
    root = fill(tmp_path / "colour", "ab")
    Image.new("RGB", (9, 9), (200, 30, 30)).save(root / "a" / "red.png")
    found = folder.read(root, 8, 8)
    assert found.train.images.shape[1] == 3
    assert [200, 30, 30] in everything(found)[:, :, 4, 4].tolist()


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    return {"exif": exif}


def half():
    """Black above, white below: it tells which way is up."""
    image = Image.new("L", (16, 16))
    image.paste(255, (0, 8, 16, 16))
    return image


def faint():
    """Ink that is opaque in its lower half only."""
    ink = Image.new("LA", (16, 16), (255, 0))
    ink.paste((255, 255), (0, 8, 16, 16))
    return ink


SIXTEEN_BITS = Image.fromarray((np.asarray(half()).astype(np.uint16)) * 257)
KINDS = {
    "16 bits": (SIXTEEN_BITS, "png", {}),
    "palette": (half().convert("P"), "gif", {}),
    "transparent": (faint(), "png", {}),
    "turned": (half().transpose(Image.Transpose.ROTATE_90), "jpg", turned()),
    "CMYK": (half().convert("RGB").convert("CMYK"), "jpg", {}),
    "black and white": (half().convert("1"), "bmp", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_picture_comes_out_upright(kind, tmp_path):
    image, ending, options = KINDS[kind]
    file = tmp_path / f"one.{ending}"
    image.save(file, **options)
    seen = folder._picture(file, 16, 16).mean(0)
    assert seen[:6].max() < 20
    assert seen[10:].min() > 235


DEEP = np.asarray(half())  # 0 above, 255 below
RANGES = {
    "8 bits in 16": DEEP.astype(np.uint16),
    "12 bits in 16": (DEEP * 16.05).astype(np.uint16),
    "16 bits": DEEP.astype(np.uint16) * 257,
    "32 bits": DEEP.astype(np.int32) * 100_000,
    "floats up to 1": (DEEP / 255).astype(np.float32),
    "floats of any range": (DEEP * 40.0 - 5_000).astype(np.float32),
}


@pytest.mark.parametrize("kind", RANGES)
def test_more_than_8_bits_are_never_black_in_silence(kind, tmp_path):
    Image.fromarray(RANGES[kind]).save(tmp_path / "one.tif")
    seen = folder._picture(tmp_path / "one.tif", 16, 16).mean(0)
    assert seen[:6].max() < 20
    assert seen[10:].min() > 235


def test_floats_that_are_no_numbers_are_no_picture(tmp_path):
    Image.fromarray(np.full((9, 9), np.nan, np.float32)).save(tmp_path / "one.tif")
    with pytest.raises(folder.UnusableError, match="no readable picture"):
        folder._picture(tmp_path / "one.tif", 8, 8)


def test_what_is_no_picture_is_skipped_and_counted_once(tmp_path, caplog):
    root = fill(tmp_path / "some", "ab")
    whole = folder.read(root, 8, 8)
    (root / "a" / "empty.png").write_bytes(b"")
    (root / "a" / "note.txt").write_text("hello", encoding="utf-8")
    (root / "b" / "cut.png").write_bytes((root / "b" / "0.png").read_bytes()[:60])
    (root / "b" / ".hidden").write_text("left alone", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        found = folder.read(root, 8, 8)
    assert found.train.sha256 == whole.train.sha256
    (said,) = caplog.messages
    assert said == (
        "3 of 27 files in some hold no readable picture: a/empty.png, a/note.txt, b/cut.png."
    )


def test_a_class_without_a_file_is_told(tmp_path, caplog):
    root = fill(tmp_path / "some", "ab")
    (root / "c").mkdir()
    assert folder.read(root, 8, 8).classes == 2
    assert caplog.messages == ["1 folder(s) in some hold no file, and are no class: c."]


def test_a_picture_with_too_many_pixels_is_not_decoded(tmp_path, monkeypatch):
    picture(size=(40, 40)).save(tmp_path / "large.png")
    monkeypatch.setattr(folder, "MOST_PIXELS", 1_599)
    with pytest.raises(folder.UnusableError, match="million pixels"):
        folder._picture(tmp_path / "large.png", 8, 8)


def crowded(root, monkeypatch):
    monkeypatch.setattr(folder, "MOST_BYTES", 3 * 8 * 8 * 23)
    monkeypatch.setattr(folder, "_picture", None)  # nothing may be opened
    return fill(root, "ab")


def many_classes(root, monkeypatch):
    monkeypatch.setattr(layout, "MOST_CLASSES", 1)
    return fill(root, "ab")


REFUSED = {
    "absent": (lambda root, _: root / "nowhere", "There is no folder"),
    "a file": (lambda root, _: picture().save(root / "x.png") or root / "x.png", "no folder"),
    "empty": (lambda root, _: root, "0 readable pictures"),
    "empty classes": (lambda root, _: fill(root, "ab", 0), "0 readable pictures"),
    "too few": (lambda root, _: fill(root, "a", 5), "5 readable pictures"),
    "too many files": (crowded, "more than 23 files"),
    "too many classes": (many_classes, "2 sub-folders"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_folder_of_no_use_is_refused_in_a_sentence(case, tmp_path, monkeypatch, assert_sentence):
    make, reason = REFUSED[case]
    root = tmp_path / "pictures"
    root.mkdir()
    with pytest.raises(DataError, match=reason) as refused:
        folder.read(make(root, monkeypatch), 8, 8)
    assert_sentence(str(refused.value).replace("folder:PATH", "a folder"))


# --- the command line ---------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, capsys, small_config, monkeypatch):
    """run(name, dataset): train that recipe, made small, for an epoch; (status, words, zoo)."""

    def command(name, dataset):
        recipe = RECIPES[name]
        small = small_config(recipe.config.family, latent=2)
        monkeypatch.setitem(
            RECIPES, name, cli.replace(recipe, config=small, measures=(Measure.BASICS,), epochs=1)
        )
        out = tmp_path / "out"
        status = cli.main([name, "--dataset", dataset, "--out", str(out)])
        return status, capsys.readouterr().err, zoo.Zoo(out)

    return command


def test_a_model_of_a_folder_gets_a_name_sizes_and_batches_of_its_own(run, tmp_path):
    root = fill(tmp_path / "My Letters!", "ab")
    Image.new("RGB", (9, 9), (200, 30, 30)).save(root / "a" / "red.png")
    status, _, found = run("vae-2", f"folder:{root}")
    assert status == 0
    card = found["vae-2-my-letters"].card
    assert card.name == card.recipe["name"] == "vae-2-my-letters"
    assert card.config.x_shape == (3, 28, 28)
    assert card.recipe["measures"] == ["basics", "mixture"]
    assert card.recipe["dataset"] == card.data["name"] == "folder:My Letters!"
    assert str(tmp_path) not in card.to_json()


def test_the_number_of_classes_follows_the_data(run, tmp_path):
    status, _, found = run("cvae-16", f"folder:{fill(tmp_path / 'abc', 'abc')}")
    assert status == 0
    assert found["cvae-16-abc"].card.config.classes == 3


def test_a_family_that_needs_labels_says_so_before_training(
    run, tmp_path, monkeypatch, assert_sentence
):
    monkeypatch.setattr(cli, "build", None)
    root = fill(tmp_path / "plain", ["only"], 30) / "only"
    status, said, found = run("cvae-16", f"folder:{root}")
    assert status == 1
    assert_sentence(said)
    assert "needs labels" in said
    assert not found


def test_the_recipes_own_data_keep_its_name(monkeypatch):
    trained = []
    monkeypatch.setattr(cli.source, "read_fitting", lambda *rest: trained.append(rest) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["vae-2", "--dataset", "mnist"])
    assert trained[0][0] == "mnist"


def test_every_data_set_and_folders_are_offered():
    assert {"fashion-mnist", "kmnist", "emnist-letters", "digits"} <= datasets.DATASETS.keys()
    assert cli._dataset("folder:anything") == "folder:anything"
