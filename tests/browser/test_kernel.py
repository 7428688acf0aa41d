"""kernel.js in a real browser gives what torch gives, for whatever models/portable.py can write."""

import base64
import json

import pytest
import torch
from safetensors.torch import save

from data import datasets
from models import Config, build
from models.likelihoods import Bernoulli, Gaussian
from models.networks import NetworkConfig
from models.portable import decoder_file, encoder_file
from models.zoo import Zoo, round_weights

from .conftest import CHECKPOINTS

KERNEL = CHECKPOINTS.parent / "views" / "components" / "kernel.js"
# One of each kind of network that is shipped; others differ in nothing but numbers.
SHIPPED = ("dae-2", "vae-16", "vae-2-davidson", "vae-16-mlp-predicted", "dae-mixture")
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
RUN = """([kernel, file, examples, which]) => {
  const readNetwork = new Function(kernel + "; return readNetwork")();
  const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
  const run = readNetwork(bytes.buffer);
  return examples.map((x) => Array.from(which ? run[which](x) : run(x)));
}"""


@pytest.fixture(scope="module")
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def zoo():
    torch.set_num_threads(1)
    return Zoo(CHECKPOINTS)


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
        question = [
            KERNEL.read_text(encoding="utf-8"),
            base64.b64encode(file).decode(),
            _plain(examples),
            which,
        ]
        return torch.tensor(page.evaluate(RUN, question))

    return ask


def _plain(examples):
    return examples.flatten(1).tolist()


def assert_same_pictures(run, model, codes):
    """And the same features: a log-likelihood needs more of them than a grey level."""
    with torch.no_grad():
        expected, features = model.decode(codes).mean.flatten(1), model.decoder(codes).flatten(1)
    file = decoder_file(model)
    assert (run(file, codes) - expected).abs().max() < 1 / 255
    off = (run(file, codes, "features") - features).abs().max()
    assert off < 1e-4 * features.abs().max().clamp(min=1)


def assert_same_codes(run, model, images):
    with torch.no_grad():
        expected = model.encoder(images)
    assert expected.shape[1] in (model.latent, 2 * model.latent)
    off = (run(encoder_file(model), images) - expected).abs().max()
    assert off < 1e-3 * expected.abs().max()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_decoder_draws_what_torch_draws(run, zoo, images, generator, name):
    """Codes of images, and far from all of them."""
    model = zoo[name].model
    far = 3 * torch.randn(20, model.latent, generator=generator)
    assert_same_pictures(run, model, torch.cat([model.encode(images(model)).mean, far]))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_encoder_finds_the_codes_torch_finds(run, zoo, images, name):
    model = zoo[name].model
    x = images(model)
    assert_same_codes(run, model, x)
    codes = run(encoder_file(model), x)[:, : model.latent]  # mu comes first
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


def test_half_precision_is_read_to_the_last_bit(run):
    """Both zeros, the smallest and the largest numbers there are, as the bias of a linear layer."""
    numbers = torch.tensor([0.0, -0.0, 2**-24, -(2**-24), 1023 * 2**-24, 2**-14, 1.0, -65504, 0.1])
    tensors = {"0.weight": torch.zeros(9, 1).half(), "0.bias": numbers.half()}
    described = {"layers": [{"kind": "linear", "name": "0"}], "shape": [1], "mean": []}
    file = save(tensors, {"network": json.dumps(described)})
    assert torch.equal(run(file, torch.zeros(1, 1))[0], numbers.half().float())


READ = """([kernel, files]) => {
  const readNetwork = new Function(kernel + "; return readNetwork")();
  return files.map((file) => {
    const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
    try { readNetwork(bytes.buffer); } catch (error) { return error instanceof Error; }
    return false;
  });
}"""


def damaged_files():
    """{what happened to it: bytes}"""
    whole = decoder_file(untrained("vae", CONV))
    files = {f"cut at {n}": whole[:n] for n in (0, 5, 8, 100, len(whole) // 2, len(whole) - 1)}
    files |= {f"{seed}": bytes(_random_bytes(seed)) for seed in range(3)}
    files["a page of HTML"] = b"<!doctype html><title>502 Bad Gateway</title>" * 9
    linear = {"kind": "linear", "name": "0"}
    conv = {"kind": "conv", "name": "1", "stride": 1, "padding": 1}
    weights = {"0.weight": (4, 4), "0.bias": (4,), "1.weight": (2, 1, 3, 3), "1.bias": (2,)}
    tensors = {name: torch.zeros(shape).half() for name, shape in weights.items()}
    nonsense = {
        "shape beyond memory": ([{"kind": "relu"}], [1 << 20, 1 << 20]),
        "negative shape": ([{"kind": "relu"}], [-4]),
        "layer unheard of": ([{"kind": "dropout"}], [4]),
        "weights that do not fit": ([linear], [5]),
        "weights that are missing": ([linear | {"name": "7"}], [4]),
        "shape that does not fit": ([{"kind": "reshape", "shape": [3, 3]}], [4]),
        "stride 0": ([conv | {"stride": 0}], [1, 8, 8]),
        "endless padding": ([conv | {"padding": 1 << 30}], [1, 8, 8]),
        "transposed, endless stride": (
            [conv | {"kind": "conv-transpose", "stride": 1 << 30}],
            [2, 8, 8],
        ),
        "no list of layers": (None, [4]),
    }
    for name, (layers, shape) in nonsense.items():
        described = {"layers": layers, "shape": shape, "mean": []}
        files[name] = save(tensors, {"network": json.dumps(described)})
    files["no mean"] = save(tensors, {"network": json.dumps({"layers": [], "shape": [4]})})
    files["single precision"] = save(
        {"0.weight": torch.zeros(4, 4), "0.bias": torch.zeros(4)},
        {"network": json.dumps({"layers": [linear], "shape": [4], "mean": []})},
    )
    return files


def _random_bytes(seed):
    return torch.randint(256, (5_000,), generator=torch.Generator().manual_seed(seed)).tolist()


def test_a_file_that_makes_no_sense_is_refused_at_once(page):
    files = damaged_files()
    page.set_default_timeout(10_000)
    encoded = [base64.b64encode(file).decode() for file in files.values()]
    refused = page.evaluate(READ, [KERNEL.read_text(encoding="utf-8"), encoded])
    assert [name for name, ok in zip(files, refused, strict=True) if not ok] == []


def test_an_example_of_another_size_is_refused(run):
    with pytest.raises(Exception, match="takes 3 numbers"):
        run(decoder_file(untrained("ae")), torch.zeros(1, 4))
