"""Where the pictures of a folder lie: each way is used, or told by number and name."""

import os

import numpy as np
import pytest
from PIL import Image

from data import folder
from data.datasets import DataError

CHANCE = np.random.default_rng(7)


def fill(folder, count=20):
    """`count` different pictures in a folder that is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        levels = CHANCE.integers(0, 256, (9, 9), np.uint8)
        Image.fromarray(levels).save(folder / f"{i}.png")


@pytest.fixture
def root(tmp_path):
    """A folder `letters` of two classes, 20 pictures in each."""
    for label in "ab":
        fill(tmp_path / "letters" / label)
    return tmp_path / "letters"


@pytest.fixture
def read(caplog):
    """read(path): (training labels by class, test labels by class, what was told)."""

    def by_class(split):
        return split.labels.bincount().tolist()

    def reading(path):
        caplog.clear()
        found = folder.read(path, 8, 8)
        assert all(message.endswith(".") for message in caplog.messages)
        return by_class(found.train), by_class(found.test), " ".join(caplog.messages)

    return reading


def test_a_class_is_as_deep_as_one_likes(root, read):
    fill(root / "a" / "more" / "again", 10)
    train, test, told = read(root)
    assert (train, test) == ([27, 18], [3, 2])
    assert told == (
        "10 of 50 files in letters lie deeper than the folder of their class, and count as that "
        "class: a/more/again/0.png, a/more/again/1.png, a/more/again/2.png and 7 more."
    )


@pytest.fixture
def deep(root):
    """A folder 1,200 deep in class a; removed one by one, for Python's own way recurses, too."""
    made = [root / "a"]
    for _ in range(1_200):
        made.append(made[-1] / "d")
        made[-1].mkdir()
    yield made[-1]
    for file in made[-1].iterdir():
        file.unlink()
    for each in reversed(made[1:]):
        each.rmdir()


def test_folders_deeper_than_the_stack_are_read(root, deep, read):
    (root / "a" / "0.png").rename(deep / "0.png")
    train, test, told = read(root)
    assert (train, test) == ([18, 18], [2, 2])
    assert told.startswith("1 of 40 files in letters lie deeper")


def test_names_with_markup_or_of_bytes_that_are_no_text_are_used(tmp_path, read):
    """What they do to a page is the page's to prevent; what is told of them is printable."""
    root = tmp_path / "<b>letters"
    for label in (b"<script>x", b"\xff\xfe"):
        fill(root / os.fsdecode(label))
    (root / "<i>.png").write_bytes(b"no picture")
    train, test, told = read(root)
    assert (train, test) == ([18, 18], [2, 2])
    assert told.isprintable()
    (root / "<i>.png").rename(root / os.fsdecode(b"\xff\xfe") / os.fsdecode(b"\xfd.png"))
    *_, told = read(root)
    assert told.isprintable()
    assert told.endswith("\\udcff\\udcfe/\\udcfd.png.")


def test_what_lies_beside_the_classes_is_told(root, read):
    fill(root, 2)
    train, test, told = read(root)
    assert (train, test) == ([18, 18], [2, 2])
    assert told.startswith("2 of 42 files in letters lie beside the folders of the classes")
    assert told.endswith(": 0.png, 1.png.")


@pytest.mark.parametrize("names", [("train", "test"), ("Training", "TESTING"), ("train", "val")])
def test_folders_for_train_and_test_are_taken_at_their_word(names, tmp_path, read):
    for name, count in zip(names, (12, 5), strict=True):
        for label in "abc":
            fill(tmp_path / name / label, count)
    assert read(tmp_path) == ([12, 12, 12], [5, 5, 5], "")


def test_pictures_for_validation_are_trained_on_where_others_are_for_the_test(tmp_path, read):
    for name, count in (("train", 12), ("val", 3), ("test", 5)):
        for label in "abc":
            fill(tmp_path / name / label, count)
    fill(tmp_path / "sketches" / "old", 4)
    train, test, told = read(tmp_path)
    assert (train, test) == ([15, 15, 15], [5, 5, 5])
    assert f"9 of 64 files in {tmp_path.name} are for validation, and are trained on" in told
    assert f"4 of 64 files in {tmp_path.name} lie beside" in told


def test_train_and_test_need_no_classes(tmp_path, read):
    fill(tmp_path / "train", 20)
    fill(tmp_path / "test", 6)
    assert read(tmp_path) == ([20], [6], "")


def test_a_class_may_be_called_train(tmp_path, read):
    for label in ("bus", "car", "train"):
        fill(tmp_path / label, 10)
    assert read(tmp_path) == ([9, 9, 9], [1, 1, 1], "")


def test_the_folder_of_an_archive_around_the_folder_is_opened(root, tmp_path, read):
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    root.rename(tmp_path / "outer" / "inner" / "letters")
    (tmp_path / "outer" / "__MACOSX" / "a").mkdir(parents=True)
    (tmp_path / "outer" / "__MACOSX" / "a" / "._0.png").write_bytes(b"no picture")
    assert read(tmp_path / "outer") == ([18, 18], [2, 2], "")


def test_links_are_followed_once_and_never_in_circles(root, tmp_path, read):
    fill(tmp_path / "elsewhere", 10)
    os.symlink(tmp_path / "elsewhere", root / "c")
    os.symlink(tmp_path / "elsewhere", tmp_path / "elsewhere" / "loop")
    os.symlink(root, root / "a" / "self")
    os.symlink(root / "b", root / "d")
    os.symlink(tmp_path, root / "up")
    train, test, told = read(root)
    assert (train, test) == ([18, 18, 9], [2, 2, 1])
    assert told.startswith("4 folder(s) in letters are links")
    assert "a/self, c/loop, d and 1 more" in told


def test_what_is_neither_file_nor_folder_is_told(root, read):
    os.symlink(root / "nowhere", root / "a" / "broken.png")
    os.mkfifo(root / "b" / "pipe.png")
    train, test, told = read(root)
    assert (train, test) == ([18, 18], [2, 2])
    assert told.startswith("2 of 42 files in letters hold no readable picture")
    assert told.endswith("a/broken.png, b/pipe.png.")


def test_of_equal_pictures_one_is_used(root, read):
    for i in range(5):
        (root / "a" / f"0-again-{i}.png").write_bytes((root / "b" / f"{i}.png").read_bytes())
    _, _, told = read(root)
    assert told.startswith("5 of 45 files in letters equal another picture, and are left out: b/0")


def test_a_name_with_a_line_end_is_told_in_one_line(root, read):
    (root / "a" / "two\nlines.png").write_text("no picture", encoding="utf-8")
    *_, told = read(root)
    assert told.endswith("a/two\\nlines.png.")


def pointers(root):
    for file in root.rglob("*.png"):
        file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")


def one_of_each(root):
    for i in range(30):
        fill(root / f"class-{i}", 1)
    for label in "ab":
        (root / label).rename(root.parent / label)


def all_equal(root):
    content = (root / "a" / "0.png").read_bytes()
    for file in root.rglob("*.png"):
        file.write_bytes(content)


def a_test_of_one(root):
    (root / "train").mkdir()
    for label in "ab":
        (root / label).rename(root / "train" / label)
    fill(root / "test" / "a", 1)


def another_class_in_the_test(root):
    a_test_of_one(root)
    fill(root / "test" / "c", 4)


def a_test_without_classes(root):
    a_test_of_one(root)
    (root / "test" / "a").rename(root / "aside")
    fill(root / "test", 4)


REFUSED = {
    pointers: "40 of 40 files in letters are Git LFS pointers, which git lfs pull replaces",
    one_of_each: "30 pictures to train on and 0 to test on",
    all_equal: "39 of 40 files in letters equal another picture",
    a_test_of_one: "1 to test on",
    another_class_in_the_test: "of the class 'c' in its test and none in its train",
    a_test_without_classes: "of no class in its test and none in its train",
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_what_cannot_be_trained_on_or_measured_is_refused_for_what_it_is(change, root):
    change(root)
    with pytest.raises(DataError, match=REFUSED[change]) as refused:
        folder.read(root, 8, 8)
    assert str(refused.value).endswith(".")
    assert str(root.parent) not in str(refused.value)


def test_files_and_folders_that_may_not_be_read_are_named(root, read, monkeypatch):
    """Permissions do not hold back the administrator, as whom tests may run: they are pretended."""
    file, opened, listed = root / "a" / "3.png", type(root).open, os.scandir

    def forbidden_file(self, *rest):
        if self == file:
            raise PermissionError
        return opened(self, *rest)

    def forbidden_folder(path):
        if path == root / "b":
            raise PermissionError
        return listed(path)

    monkeypatch.setattr(type(root), "open", forbidden_file)
    *_, told = read(root)
    assert told == "1 of 40 files in letters may not be read; change their permissions: a/3.png."
    monkeypatch.setattr(os, "scandir", forbidden_folder)
    with pytest.raises(DataError, match="The folder 'b' may not be read; change its permissions"):
        folder.read(root, 8, 8)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("folder:", "no path after 'folder:'"),
        ("folder:  ", "no path after 'folder:'"),
        ("folder:~nobody-at-all/x", "no home folder"),
    ],
)
def test_a_folder_that_is_not_named_is_refused(text, reason):
    with pytest.raises(DataError, match=reason):
        folder.located(text)


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder.located("folder:~/letters") == tmp_path / "letters"
    assert str(folder.located("folder:letters")) == "letters"


def test_the_whole_disk_is_refused():
    with pytest.raises(DataError, match="whole disk"):
        folder.read(folder.located("folder:/"), 8, 8)


def test_a_name_that_no_system_takes_is_refused():
    with pytest.raises(DataError, match="no folder"):
        folder.read(folder.located("folder:" + 300 * "x"), 8, 8)
