"""What every test may ask for: fixed randomness, small networks, real images without a network."""

import math
from urllib.error import URLError

import pytest
import torch

from data import datasets
from models import FAMILIES, Config, build, zoo
from models.corruption import CORRUPTIONS, Masking
from models.likelihoods import Bernoulli
from models.metrics import Axis
from models.networks import NetworkConfig
from tests.made_up import metric
from tests.places import SHIPPED
from views.kit.lab import COMPARED

# One thread: networks this small lose more to threads than they gain, and sums keep their order.
torch.set_num_threads(1)

NETWORKS = {
    "mlp": NetworkConfig(widths=(16,)),
    "conv": NetworkConfig(widths=(16,), channels=(4, 6), blocks=1),
    "linear": NetworkConfig(),
}


@pytest.fixture
def generator():
    """A generator of the test's own, always the same."""
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="session")
def digits():
    """scikit-learn's digits: real handwriting that needs no download."""
    return datasets.load("digits")


@pytest.fixture(scope="session")
def x(digits):
    """Six digits in [0, 1], [6, 1, 28, 28]."""
    return datasets.unit_interval(digits.train.images[:6])


@pytest.fixture
def no_network(monkeypatch):
    """Every download fails at once, as it does offline; the list says which were tried."""
    tried = []

    def offline(request, *arguments, **options):
        tried.append(request.full_url)
        raise URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    return tried


@pytest.fixture(scope="session")
def small_config():
    """small_config(family, network="mlp", ...): a config whose network trains in a second."""

    def make(family, network="mlp", likelihood=None, **rest):
        sizes = NETWORKS[network]
        kind = FAMILIES[family].config_type if family in FAMILIES else Config
        # Families that corrupt nothing ignore the corruption; one call then serves them all.
        defaults = {"latent": 3, "corruption": Masking(0.25)}
        return kind(
            family,
            encoder=sizes,
            decoder=sizes,
            likelihood=likelihood or Bernoulli(),
            **(defaults | rest),
        )

    return make


@pytest.fixture(scope="session")
def assert_mean():
    """assert_mean(draws [N, ...], expected): independent draws average to it within 4 errors."""

    def check(draws, expected):
        draws = draws.detach().double()
        error = draws.std(0) / math.sqrt(len(draws))
        distance = (draws.mean(0) - expected).abs()
        # The floor is for entries that do not vary, whose mean is exact up to rounding.
        worst = (distance / (4 * error).clamp(min=1e-7)).max()
        assert worst <= 1, f"{4 * worst:.1f} standard errors away"

    return check


@pytest.fixture(scope="session")
def assert_sentence():
    """assert_sentence(text): one plain sentence, with no path, traceback or class name in it."""

    def check(text):
        text = text.strip()
        assert text
        assert len(text.splitlines()) == 1
        assert text.endswith(".")
        assert not text[0].islower()
        assert not any(sign in text for sign in ("/", "\\", "Traceback", "Error", "Exception"))
        assert len(text) < 160

    return check


@pytest.fixture(scope="session")
def save_checkpoint(small_config, digits):
    """save_checkpoint(root, family, latent): an untrained model with a card of made-up metrics.

    Untrained is enough: what the page says about a model must be true of any.
    """
    images = datasets.unit_interval(digits.test.images[:60])

    def make(root, family, latent):
        name = f"{family}-{latent}"
        config = small_config(family, latent=latent)
        torch.manual_seed(latent + COMPARED.index(family))
        model = build(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(3)  # fresh weights are so small that every picture is mid grey
        model = zoo.round_weights(model).eval().requires_grad_(False)
        q = model.encode(images)
        statistics = {"mean": q.mean.mean(0).tolist(), "std": q.mean.std(0).tolist()}
        if model.prior() is not None:
            # All different, none of them in order, and one of them dead.
            statistics["kl"] = [0.001, *(float(1 + (5 * i) % latent) for i in range(1, latent))]
        unit, axis = "squared error per pixel", Axis("strength", (0.0, 0.5, 1.0))
        metrics = {"mse": metric("mse", 0.05, unit)}
        for kind in CORRUPTIONS:
            curve = metric(f"denoising {kind}", (0.01, 0.02, 0.06), unit, axis=axis)
            metrics[curve.name] = curve
        card = zoo.Card(name, config, data={"name": "digits"}, metrics=metrics, latent=statistics)
        zoo.save(root / name, model, zoo.Codes(q.mean, digits.test.labels[:60]), card)

    return make


@pytest.fixture(scope="session")
def save_six(save_checkpoint):
    """save_six(root): the six checkpoints of the page, untrained and small."""

    def make(root):
        for latent in (2, 16):
            for family in COMPARED:
                save_checkpoint(root, family, latent)
        return root

    return make


@pytest.fixture(scope="session")
def checkpoints(save_six, tmp_path_factory):
    """A folder of six checkpoints; nobody changes it."""
    return save_six(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="session")
def lab(checkpoints):
    """What every handler of the page is given, with the embedded digits as samples."""
    from views.kit.lab import Lab
    from views.kit.samples import Samples

    return Lab(zoo.Zoo(checkpoints), Samples())


@pytest.fixture(scope="session")
def shipped():
    """The same with the checkpoints that are shipped: for what only trained networks show."""
    from views.kit.lab import Lab
    from views.kit.samples import Samples

    return Lab(zoo.Zoo(SHIPPED), Samples())
