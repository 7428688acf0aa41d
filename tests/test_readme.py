"""What the documents say: their numbers are the cards' numbers, and what they name exists."""

import re
import runpy
from importlib.util import find_spec

import pytest

from models import zoo
from tests.places import ROOT
from training.recipes import RECIPES
from training.recipes import main as main_recipes
from views import GROUPS, HOME
from views.lectures.lectures import shipped

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
}
README = DOCUMENTS["README.md"]
ROW = r"^\| `([a-z]+-\d+(?:-[a-z]+)?)` \| ([^|]+) \| (-?[\d.]+) \| [^|]*\| ([^|]+) \|"
ROWS = re.findall(ROW, DOCUMENTS["docs/quality.md"], re.MULTILINE)
QUALITY = [row[:3] for row in ROWS]
# What stands beside a number and is another checkpoint's: (metric, value, checkpoint).
BESIDE = [
    (metric, *found)
    for _, metric, _, beside in ROWS
    for found in re.findall(r"(-?[\d.]+) \(`([\w-]+)`", beside)
]
SHIPPED = zoo.Zoo(ROOT / "checkpoints")


def test_every_main_checkpoint_stands_in_the_table():
    main = {name for name, recipe in RECIPES.items() if recipe in main_recipes.RECIPES}
    assert {name for name, _, _ in QUALITY} == main | {"vae-2-davidson"}


@pytest.mark.parametrize(("name", "metric", "shown"), QUALITY)
def test_a_number_in_the_table_is_the_cards(name, metric, shown):
    decimals = len(shown.partition(".")[2])
    value = SHIPPED[name].card.metrics[metric.strip()].value
    assert f"{value:.{decimals}f}" == shown


@pytest.mark.parametrize(("metric", "shown", "name"), BESIDE)
def test_a_number_beside_it_is_that_checkpoints(metric, shown, name):
    test_a_number_in_the_table_is_the_cards(name, metric, shown)


def test_like_stands_beside_like():
    """What is compared with a published VAE has its network; with components, as many numbers."""
    beside = {(name, metric): text for name, metric, _, text in ROWS}
    assert len(BESIDE) == 4
    assert "-135.73" in beside["vae-2-davidson", "log p(x)"]
    assert not any("-135.73" in text for (name, _), text in beside.items() if name == "vae-2")
    by_size = SHIPPED["pca-64"].card.metrics["mse by size"].value
    for name, words in (("ae-2", "two"), ("ae-16", "sixteen")):
        k = SHIPPED[name].model.latent
        assert f"{by_size[k]:.4f} ({words} principal components" in beside[name, "mse"]


def found_in_documents(pattern):
    """[(document, text)] of everything that the pattern finds, each once."""
    return sorted(
        {(name, text) for name, told in DOCUMENTS.items() for text in re.findall(pattern, told)}
    )


@pytest.mark.parametrize(("name", "path"), found_in_documents(r"\]\(((?!http)[^)#]+)[^)]*\)"))
def test_links_lead_somewhere(name, path):
    assert (ROOT / name).parent.joinpath(path).exists()


# In CONTRIBUTING, "yours" stands for the name of what is added.
@pytest.mark.parametrize(
    ("name", "path"),
    found_in_documents(r"`((?!yours)[a-z_]+/(?:(?!yours)[\w.-]+/?)*)`"),
)
def test_paths_exist(name, path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("name", "module"), found_in_documents(r"python -m ((?!venv|pip)[a-z_.]+)")
)
def test_commands_exist(name, module):
    assert find_spec(module)


@pytest.mark.parametrize("view", [HOME, *(view for views in GROUPS.values() for view in views)])
def test_every_view_is_listed_with_its_picture(view):
    assert f"](docs/{view.replace('_', '-')}-1366.png)" in README


def test_the_lectures_are_listed_with_their_minutes():
    listed = re.findall(r"^\| `(\w+)\.md` \| (\d+) \|", DOCUMENTS["docs/lectures.md"], re.MULTILINE)
    assert sorted(listed) == sorted((each.name, each.minutes) for each in shipped())


def test_the_example_in_python_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    loading, asking = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    shown: dict = {}
    exec(loading, shown)
    assert shown["pictures"].shape == (16, 1, 28, 28)
    assert shown["q"].mean.shape == shown["z"].shape == (16, 2)
    compile(asking, "README.md", "exec")


@pytest.mark.parametrize("path", re.findall(r"^([a-z][\w/]+(?:\.py|/)) ", README, re.MULTILINE))
def test_the_file_tree_is_true(path):
    assert (ROOT / path).exists()


def test_the_settings_are_those_of_the_command_line(capsys):
    options = re.findall(r"^\| `(--[\w-]+)` \| `(\w+)`", README, re.MULTILINE)
    with pytest.raises(SystemExit):
        runpy.run_path(str(ROOT / "app.py"))["main"](["--help"])
    shown = capsys.readouterr().out
    assert {option for option, _ in options} == set(
        re.findall(r"^  (--[\w-]+)", shown, re.MULTILINE)
    )
    for _, variable in options:
        assert variable in shown
