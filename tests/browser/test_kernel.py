"""kernel.js in a real browser gives what torch gives, for whatever models/portable.py can write.

Each kind of layer alone, and files that are refused: tests/js/kernel.test.js."""

import base64

import pytest
import torch

from data import datasets
from models import Config, build, portable
from models.likelihoods import Bernoulli, Gaussian
from models.networks import NetworkConfig
from models.zoo import Zoo, round_weights
from tests.places import SHIPPED
from views.kit import scripts

# One of each kind of network that is shipped; others differ in nothing but numbers.
KINDS = ("dae-2", "vae-16", "vae-2-davidson", "vae-16-mlp-predicted", "dae-mixture")
# Every kind of layer, sizes that no block of the kernel's loops divides, and sides that differ.
CONV = NetworkConfig(widths=(7,), channels=(3, 5), blocks=1)
UNTRAINED = {
    "linear": {"likelihood": Gaussian(mean="identity")},
    "mlp relu": {"decoder": NetworkConfig(widths=(6, 9), activation="relu"), "x_shape": (1, 5, 7)},
    "mlp tanh, 3 channels": {"decoder": NetworkConfig(widths=(8,), activation="tanh")}
    | {"x_shape": (3, 6, 4)},
    "conv silu": {"decoder": CONV},
    "conv relu, 3 channels": {
        "decoder": NetworkConfig(channels=(4, 6), blocks=2, activation="relu")
    }
    | {"x_shape": (3, 16, 8)},
    "conv tanh": {
        "decoder": NetworkConfig(channels=(4,), activation="tanh"),
        "x_shape": (1, 6, 10),
    },
    "predicted variance": {"decoder": CONV, "likelihood": Gaussian(variance="predicted")},
    "predicted variance, identity, 3 channels": {"decoder": CONV, "x_shape": (3, 8, 8)}
    | {"likelihood": Gaussian(variance="predicted", mean="identity")},
    "shared variance": {"decoder": CONV, "likelihood": Gaussian(variance="shared")},
}
RUN = """async ([file, examples, which]) => {
  const { readNetwork } = await import(location.href);
  const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
  const run = readNetwork(bytes.buffer);
  return examples.map((x) => Array.from(which ? run[which](x) : run(x)));
}"""


@pytest.fixture(scope="module")
def page(browser, url):
    """The script itself as the server sends it, opened as a page, from which it can be imported."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}{scripts.address('kit/kernel.js')}")
    yield page
    context.close()


@pytest.fixture(scope="module")
def zoo():
    torch.set_num_threads(1)
    return Zoo(SHIPPED)


@pytest.fixture(scope="module")
def images():
    """images(model): twenty of the size it takes; digits, if it takes digits."""
    digits = datasets.unit_interval(datasets.load("digits").test.images[:20])

    def fitting(model):
        if model.x_shape == digits.shape[1:]:
            return digits
        return torch.rand(20, *model.x_shape, generator=torch.Generator().manual_seed(0))

    return fitting


@pytest.fixture
def run(page):
    """run(file, examples [N, ...], which=""): what the page, or run.which, makes of each."""

    def ask(file, examples, which=""):
        question = [base64.b64encode(file).decode(), examples.flatten(1).tolist(), which]
        return torch.tensor(page.evaluate(RUN, question))

    return ask


def assert_same_pictures(run, model, codes):
    """And the same features: a log-likelihood needs more of them than a grey level."""
    with torch.no_grad():
        expected, features = model.decode(codes).mean.flatten(1), model.decoder(codes).flatten(1)
    file = portable.decoder(model).content()
    assert (run(file, codes) - expected).abs().max() < 1 / 255
    off = (run(file, codes, "features") - features).abs().max()
    assert off < 1e-4 * features.abs().max().clamp(min=1)


def assert_same_codes(run, model, images):
    with torch.no_grad():
        expected = model.encoder(images)
    assert expected.shape[1] in (model.latent, 2 * model.latent)
    off = (run(portable.encoder(model).content(), images) - expected).abs().max()
    assert off < 1e-3 * expected.abs().max()


@pytest.mark.parametrize("name", KINDS)
def test_a_shipped_decoder_draws_what_torch_draws(run, zoo, images, generator, name):
    """Codes of images, and far from all of them."""
    model = zoo[name].model
    far = 3 * torch.randn(20, model.latent, generator=generator)
    assert_same_pictures(run, model, torch.cat([model.encode(images(model)).mean, far]))


@pytest.mark.parametrize("name", KINDS)
def test_a_shipped_encoder_finds_the_codes_torch_finds(run, zoo, images, name):
    model = zoo[name].model
    x = images(model)
    assert_same_codes(run, model, x)
    codes = run(portable.encoder(model).content(), x)[:, : model.latent]  # mu comes first
    torch.testing.assert_close(codes, model.encode(x).mean, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("sizes", UNTRAINED.values(), ids=UNTRAINED)
@pytest.mark.parametrize("family", ["ae", "vae"])
def test_every_kind_of_layer(run, generator, family, sizes):
    model = untrained(family, **sizes)
    assert_same_pictures(run, model, 3 * torch.randn(5, model.latent, generator=generator))
    assert_same_codes(run, model, torch.rand(5, *model.x_shape, generator=generator))


def untrained(family, decoder=NetworkConfig(), likelihood=Bernoulli(), x_shape=(1, 8, 12)):  # noqa: B008
    torch.manual_seed(0)
    config = Config(family, 3, decoder, decoder, likelihood, x_shape=x_shape)
    return round_weights(build(config)).eval().requires_grad_(False)
