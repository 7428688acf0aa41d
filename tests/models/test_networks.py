"""Networks: sizes that fit, for any image and either side, and refusals that say why."""

import pytest
import torch
from torch import nn

from models.networks import NetworkConfig, ResidualBlock, decoder, encoder

MLP = NetworkConfig(widths=(32, 16))
CONV = NetworkConfig(widths=(16,), channels=(4, 6))
RESIDUAL = NetworkConfig(channels=(4, 6, 8), blocks=2, activation="relu")
NETWORKS = {"linear": NetworkConfig(), "mlp": MLP, "conv": CONV, "residual": RESIDUAL}
SHAPES = [(1, 32, 32), (3, 16, 24), (2, 8, 40)]


def linear_sizes(network):
    return [(m.in_features, m.out_features) for m in network if isinstance(m, nn.Linear)]


@pytest.mark.parametrize("x_shape", SHAPES, ids=str)
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_encoder_and_decoder_keep_the_shape(network, x_shape):
    """Any image with sides the stages can halve; the decoder may put out more channels."""
    features = encoder(x_shape, 5, network)(torch.rand(2, *x_shape))
    assert features.shape == (2, 5)
    images = decoder(5, 2 * x_shape[0], x_shape, network)(features)
    assert images.shape == (2, 2 * x_shape[0], *x_shape[1:])


def test_widths_run_from_the_image_to_the_code_and_back():
    assert linear_sizes(encoder((1, 28, 28), 2, MLP)) == [(784, 32), (32, 16), (16, 2)]
    assert linear_sizes(decoder(2, 1, (1, 28, 28), MLP)) == [(2, 16), (16, 32), (32, 784)]


def test_no_widths_is_an_affine_map(generator):
    """Nothing but a matrix and a bias: f(a + b) + f(0) = f(a) + f(b)."""
    network = encoder((1, 4, 5), 3, NetworkConfig())
    a, b = torch.randn(2, 6, 1, 4, 5, generator=generator)
    zero = torch.zeros_like(a)
    torch.testing.assert_close(network(a + b) + network(zero), network(a) + network(b))


def test_a_convolution_sees_neighbours_only(generator):
    """One 4x4 kernel with stride 2: a pixel moves no more than 2x2 of the 14x14 places."""
    network = encoder((1, 28, 28), 5, NetworkConfig(channels=(4,)))[:1]
    x = torch.rand(1, 1, 28, 28, generator=generator)
    nudged = x.clone()
    nudged[..., 13, 13] += 1
    moved = (network(x) != network(nudged)).any(1)
    assert moved.shape == (1, 14, 14)
    assert moved.sum() == 4


def test_a_residual_block_adds_to_its_input(generator):
    block = ResidualBlock(3, nn.SiLU)
    x = torch.randn(2, 3, 4, 4, generator=generator)
    assert not torch.equal(block(x), x)
    for parameter in block.layers[-1].parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("x_shape", [(1, 28, 30), (1, 26, 28), (3, 28, 21)], ids=str)
def test_sides_that_cannot_be_halved_are_refused(x_shape, assert_sentence):
    network = NetworkConfig(channels=(4, 6))
    for make in (lambda: encoder(x_shape, 2, network), lambda: decoder(2, 1, x_shape, network)):
        with pytest.raises(ValueError, match="divisible by 4") as refused:
            make()
        assert_sentence(str(refused.value))


@pytest.mark.parametrize(
    "fields", [{"widths": (0,)}, {"channels": (4, -1)}, {"activation": "softplus"}]
)
def test_meaningless_sizes_are_refused(fields):
    with pytest.raises(ValueError, match=r"must be one of|must lie between 1"):
        NetworkConfig(**fields)
