"""Networks as files for a browser: what is in them, how large they are, and what is refused.

That a browser computes the same from them is in tests/browser/test_kernel.py.
"""

import json
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load
from torch import nn

from models import build, portable
from models.portable import NotPortableError
from models.zoo import Zoo
from tests.places import SHIPPED

ZOO = Zoo(SHIPPED)
FIRST_VIEW = ("ae-2", "dae-2", "vae-2")
PARTS = {"decoder": portable.decoder, "encoder": portable.encoder}


@pytest.fixture(params=["mlp", "conv", "linear"])
def model(request, small_config):
    return build(small_config("vae", request.param))


@pytest.mark.parametrize("part", PARTS)
def test_the_weights_are_the_models_in_half_precision(model, part):
    weights = load(PARTS[part](model).content())
    state = getattr(model, part).state_dict()
    assert weights.keys() == state.keys()
    assert all(torch.equal(weights[name], state[name].half()) for name in state)


@pytest.mark.parametrize("part", PARTS)
def test_the_layers_can_be_read_without_the_weights(model, part, tmp_path):
    """Every layer is named in order, and every tensor belongs to one of them."""
    path = tmp_path / "network.safetensors"
    path.write_bytes(PARTS[part](model).content())
    with safe_open(path, "pt") as file:
        metadata, tensors = file.metadata(), set(file.keys())
    network = json.loads(metadata["network"])
    layers = network["layers"]
    names = {layer["name"] for layer in flat(layers) if "name" in layer}
    assert tensors == {f"{name}.{kind}" for name in names for kind in ("weight", "bias")}
    assert len(layers) == len(getattr(model, part))
    assert network["mean"] == ([{"kind": "sigmoid"}] if part == "decoder" else [])
    assert network["shape"] == ([3] if part == "decoder" else [1, 28, 28])


def flat(layers):
    for layer in layers:
        yield layer
        yield from flat(layer.get("layers", []))


@pytest.mark.parametrize("name", FIRST_VIEW)
def test_three_shipped_decoders_fit_a_first_view(name):
    """The goal is 1.5 MB for the whole view, of which they may take a megabyte."""
    assert len(portable.decoder(ZOO[name].model).content()) < 0.35e6


ODD = {
    "unknown layer": nn.Dropout(),
    "dilation": nn.Conv2d(4, 4, 3, dilation=2),
    "groups": nn.Conv2d(4, 4, 3, groups=2),
    "padding by mirroring": nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
    "padding in words": nn.Conv2d(4, 4, 3, padding="same"),
    "oblong stride": nn.Conv2d(4, 4, 3, stride=(1, 2)),
    "oblong padding": nn.Conv2d(4, 4, 3, padding=(1, 0)),
    "oblong kernel": nn.Conv2d(4, 4, (3, 1)),
    "no bias": nn.Conv2d(4, 4, 3, bias=False),
    "linear without a bias": nn.Linear(4, 4, bias=False),
    "output padding": nn.ConvTranspose2d(4, 4, 3, stride=2, output_padding=1),
}


@pytest.mark.parametrize("layer", ODD.values(), ids=ODD)
@pytest.mark.parametrize("part", PARTS)
def test_what_a_browser_cannot_run_is_refused_in_a_sentence(
    small_config, assert_sentence, part, layer
):
    model = build(small_config("ae", "conv"))
    getattr(model, part)[1] = layer
    with pytest.raises(NotPortableError) as refused:
        PARTS[part](model)
    assert_sentence(str(refused.value))


def test_an_odd_layer_inside_a_residual_block_is_refused(small_config):
    model: Any = build(small_config("ae", "conv"))
    model.encoder[1].layers[0] = nn.GELU()
    with pytest.raises(NotPortableError, match="GELU"):
        portable.encoder(model).content()


def test_the_same_network_is_the_same_file():
    """Its hash is its address: browsers that have it need not fetch it again."""
    assert len({portable.decoder(ZOO["vae-2"].model).content() for _ in range(8)}) == 1
