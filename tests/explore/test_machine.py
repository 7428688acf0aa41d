"""The Machine's layers: their lines of PyTorch make them, and its numbers are the network's own."""

import pytest
import torch
from torch import nn

from explore import machine
from models.networks import ResidualBlock

MAIN = [f"{family}-{size}" for family in ("ae", "dae", "vae") for size in (2, 16)]
NAMES = {"nn": nn, "ResidualBlock": ResidualBlock}


@pytest.fixture(params=MAIN)
def model(request, shipped):
    return shipped.entry(request.param).model


@pytest.fixture
def x():
    return torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0))


def halves(model):
    return [(model.encoder, model.x_shape), (model.decoder, (model.latent,))]


def test_each_line_makes_the_layer_it_stands_beside(model):
    for network, shape in halves(model):
        lines = [line for stage in machine.stages(network, shape) for line in stage.lines]
        made = nn.Sequential(*(eval(line, NAMES) for line in lines))
        assert str(made) == str(network)


def test_stages_hold_every_weight_once_and_end_in_the_networks_output(model):
    for network, shape in halves(model):
        stages = machine.stages(network, shape)
        assert sum(s.weights for s in stages) == sum(p.numel() for p in network.parameters())
        assert sum(s.layers for s in stages) == len(network)
        assert stages[-1].shape == list(network(torch.zeros(1, *shape)).shape[1:])


def test_stages_need_no_weights(shipped):
    entry = shipped.entry("vae-2")
    for built, bare in zip(halves(entry.model), halves(entry.architecture), strict=True):
        assert machine.stages(*built) == machine.stages(*bare)


def test_a_layer_without_a_line_is_refused():
    with pytest.raises(ValueError, match="no line for the layer Dropout"):
        machine.stages(nn.Sequential(nn.Linear(2, 2), nn.Dropout()), (2,))


def test_activations_are_those_on_the_way_to_the_code(model, x):
    activity = machine.encoder_activity(model, x)
    with torch.no_grad():
        value = x.unsqueeze(0)
        layers = iter(model.encoder)
        for stage, found in zip(
            machine.stages(model.encoder, model.x_shape), activity, strict=True
        ):
            for _ in range(stage.layers):
                value = next(layers)(value)
            assert torch.equal(found.activations, value[0])
        mean = model.encode(x.unsqueeze(0)).mean[0]
    assert torch.equal(activity[-1].activations[: model.latent], mean)


def test_only_dense_layers_have_connections(model, x):
    stages = machine.stages(model.encoder, model.x_shape)
    dense = [any("nn.Linear" in line for line in stage.lines) for stage in stages]
    found = [each.connections is not None for each in machine.encoder_activity(model, x)]
    assert found == dense


def test_each_connection_is_the_largest_product_into_its_output():
    generator = torch.Generator().manual_seed(1)
    weight, x = torch.randn(100, 30, generator=generator), torch.randn(30, generator=generator)
    found = machine.strongest_connections(weight, x)
    sizes = [abs(v) for v in found.value]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == len(set(found.target)) == machine.MOST_CONNECTIONS
    for source, target, value in zip(found.source, found.target, found.value, strict=True):
        products = weight[target] * x
        assert value == pytest.approx(products[source].item())
        assert abs(value) == pytest.approx(products.abs().max().item())
    rest = set(range(100)) - set(found.target)
    assert max((weight[t] * x).abs().max().item() for t in rest) <= sizes[-1]
