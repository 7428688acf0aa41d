"""Compress: PCA, linear autoencoders and their angles, against independent computations."""

import base64
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from data import datasets
from explore import compress
from models import Config, build
from tests.asking import asking
from training import linear
from training.recipes.compression import LINEAR
from views.compress import compress as view
from views.kit.worker import Worker

MNIST = (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir()
# docs/published.md: test error per pixel of PCA fitted to all 60,000 training images.
PUBLISHED = {2: 0.05567, 10: 0.03407, 20: 0.02354, 32: 0.01683, 50: 0.01149, 64: 0.00905}
SIZES = {"mnist": (2, 4, 8, 16, 32, 64), "noise": (2, 8, 32)}
# Of a pixel: 256 levels drawn uniformly, and N(1/2, 1/6^2), cut off three deviations away.
VARIANCES = {"noise": (256**2 - 1) / 12 / 255**2, "gaussian-noise": 1 / 36}
SHIPPED = [(name, k) for name, sizes in SIZES.items() for k in sizes]


def network(lab, kind, name):
    return lab.entry(f"{kind}{'' if name == 'mnist' else f'-{name}'}")


# Angles between subspaces.


def random_basis(columns, generator, pixels=20):
    return torch.randn(pixels, columns, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-3, 0.3, math.pi / 2])
def test_the_angle_of_a_plane_turned_about_one_of_its_lines(angle, generator):
    basis = torch.linalg.qr(random_basis(3, generator)).Q
    turned = torch.stack(
        [basis[:, 0], math.cos(angle) * basis[:, 1] + math.sin(angle) * basis[:, 2]], dim=1
    )
    # Any basis of either plane will do, skewed and far from unit length.
    skewed = basis[:, :2] @ random_basis(2, generator, 2), turned @ random_basis(2, generator, 2)
    found = compress.principal_angles(*skewed)
    assert found.tolist() == pytest.approx([angle, 0.0], abs=1e-7 if angle > 1 else 1e-14)


def test_two_turns_are_two_angles_the_largest_first():
    a = torch.eye(4, dtype=torch.float64)[:, :2]
    b = torch.tensor(
        [[math.cos(0.2), 0], [0, math.cos(0.7)], [math.sin(0.2), 0], [0, math.sin(0.7)]]
    )
    assert compress.principal_angles(a, b.double()).tolist() == pytest.approx([0.7, 0.2], abs=1e-7)


# PCA by the network.


@pytest.fixture(scope="module")
def solved(digits):
    """(principal components in a network of float64, the digits' training images [N, 784])."""
    recipe_of_six = Config("ae", 6, likelihood=LINEAR)
    model: Any = build(recipe_of_six).double()
    mean, covariance = linear.moments(digits.train)
    start = model.decoder[0].weight.detach()
    (components,) = linear.principal_components(start, covariance, 1)
    linear.set_weights(model, components, mean)
    return model, datasets.unit_interval(digits.train.images).double()


@pytest.mark.parametrize("k", [0, 1, 4, 6])
def test_the_first_components_are_those_of_scikit_learn(solved, k):
    model, x = solved
    flat = x.flatten(1).numpy()
    if k == 0:
        expected = np.broadcast_to(flat.mean(0), flat.shape)
    else:
        pca = PCA(k, svd_solver="full").fit(flat)
        expected = pca.inverse_transform(pca.transform(flat))
    found = compress.first_components(model, x, k).flatten(1).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_errors_by_size_are_those_of_the_pictures(solved, digits):
    model, _ = solved
    metric = linear.errors_by_size(model, digits.test)["mse by size"]
    x = datasets.unit_interval(digits.test.images).double()
    expected = [
        float((compress.first_components(model, x, k) - x).square().mean()) for k in range(7)
    ]
    assert metric.axis.places == tuple(range(7))
    assert metric.value == pytest.approx(expected, abs=1e-8)


def test_explained_is_nothing_for_the_mean_and_all_for_a_copy():
    assert compress.explained(0.07, 0.07) == 0
    assert compress.explained(0.0, 0.07) == 1
    assert compress.explained(0.02, 0.08) == 0.75


# What is shipped.


@pytest.mark.parametrize("k", PUBLISHED)
def test_the_errors_of_pca_are_the_published_ones(shipped, k):
    curve = network(shipped, "pca-64", "mnist").card.metrics["mse by size"].value
    assert curve[k] == pytest.approx(PUBLISHED[k], abs=6e-6)  # its last digit


def test_the_card_says_what_the_shipped_components_do(shipped):
    name = "mnist" if MNIST else "noise"  # which is drawn, not downloaded
    entry = network(shipped, "pca-64", name)
    test = datasets.load(name, download=False).test
    x = datasets.unit_interval(test.images)
    for k in (0, 2, 10, 64):
        error = (compress.first_components(entry.model, x, k) - x).square().mean()
        assert float(error) == pytest.approx(entry.card.metrics["mse by size"].value[k], rel=1e-4)


@pytest.mark.parametrize(("name", "k"), SHIPPED)
def test_a_linear_autoencoder_is_pca(shipped, name, k):
    """check: the error to 1e-4, the largest angle below 1e-3, as shipped."""
    found, pca = network(shipped, f"linear-{k}", name), network(shipped, "pca-64", name)
    curve = pca.card.metrics["mse by size"].value
    assert found.card.metrics["mse"].value == pytest.approx(curve[k], rel=1e-4)
    columns = [entry.model.decoder[0].weight.double().numpy()[:, :k] for entry in (found, pca)]
    a, b = (np.linalg.qr(c)[0] for c in columns)
    angle = math.asin(np.linalg.norm(a - b @ (b.T @ a), 2))
    assert angle < 1e-3
    assert view.angle(found, pca) == pytest.approx(angle, rel=1e-6)
    # Trained from random weights, its vectors are no principal components.
    cosines = np.abs((columns[0] * columns[1]).sum(0)) / np.linalg.norm(columns[0], axis=0)
    assert cosines.min() < 0.9


@pytest.mark.parametrize("k", SIZES["noise"])
@pytest.mark.parametrize("name", VARIANCES)
def test_of_independent_pixels_a_linear_code_keeps_k_of_784(shipped, name, k):
    curve = network(shipped, "pca-64", name).card.metrics["mse by size"].value
    assert curve[0] == pytest.approx(VARIANCES[name], rel=5e-3)
    for mse in (network(shipped, f"linear-{k}", name).card.metrics["mse"].value, curve[k]):
        assert compress.explained(mse, curve[0]) == pytest.approx(k / 784, abs=1e-4)
    assert f"{100 * compress.explained(curve[32], curve[0]):.1f}" == "4.1"


@pytest.mark.parametrize("k", SIZES["noise"])
def test_no_vae_gains_on_fair_coins(shipped, k):
    """-ELBO >= H(x) = 784 log 2, whatever the model: what its code says can only cost."""
    entropy = view.entropy("noise", shipped.shape)
    assert entropy == pytest.approx(543.43, abs=5e-3)
    metrics = network(shipped, f"vae-{k}-mlp", "noise").card.metrics
    assert 0 <= -metrics["elbo"].value - entropy < 0.02
    assert metrics["kl"].value < 0.05
    assert metrics["active units"].value == 0
    told = view.facts_of(shipped, "noise")
    assert told.bounds[str(k)].elbo.value == metrics["elbo"].value
    assert told.entropy == entropy
    assert view.facts_of(shipped, "mnist").entropy is None


@pytest.mark.parametrize("k", SIZES["noise"])
def test_of_pure_chance_k_numbers_keep_k_of_784(shipped, k):
    variance = network(shipped, "pca-64", "noise").card.metrics["mse by size"].value[0]
    # Bytes that are drawn uniformly: (256^2 - 1) / 12 / 255^2.
    assert variance == pytest.approx((256**2 - 1) / 12 / 255**2, rel=2e-3)
    for kind in (f"linear-{k}", f"ae-{k}-mlp"):
        mse = network(shipped, kind, "noise").card.metrics["mse"].value
        assert compress.explained(mse, variance) == pytest.approx(k / 784, abs=1e-2)
        assert compress.explained(mse, variance) > 0.5 * k / 784
    # Each number would cost a VAE more nats than it saves.
    mse = network(shipped, f"vae-{k}-mlp", "noise").card.metrics["mse"].value
    assert abs(compress.explained(mse, variance)) < 1e-3


# What the page is answered.


@pytest.fixture(scope="module")
def ask(shipped):
    """ask(question): what the server answers."""
    return asking(view.compress_picture, shipped, Worker("test", 1))


@pytest.mark.parametrize("name", SIZES)
def test_every_picture_and_its_error_are_true(shipped, name, ask):
    answer = ask({"data": name, "digit": None, "seed": 5})
    pixels = bytearray(base64.b64decode(answer["input"]["pixels"]))
    x = torch.frombuffer(pixels, dtype=torch.uint8)
    x = (x.double() / 255).view(1, 1, 28, 28)
    assert set(answer["pictures"]) == {"pca", "linear", "ae", "vae"}
    for kind, sizes in answer["pictures"].items():
        assert sorted(map(int, sizes)) == sorted(SIZES[name])
        for k, shown in sizes.items():
            if kind == "pca":
                layers = network(shipped, "pca-64", name).model
                flat = x.flatten(1)
                v = layers.decoder[0].weight.double()[:, : int(k)]
                mean = layers.decoder[0].bias.double()
                picture = mean + (flat - mean) @ v @ v.T
                accuracy = 1e-3  # the shipped encoder is rounded apart from the decoder
            else:
                model = network(shipped, f"{kind}-{k}{'' if kind == 'linear' else '-mlp'}", name)
                picture = model.model.reconstruct(x.float()).double().flatten(1)
                accuracy = 1e-5
            error = float((picture - x.flatten(1)).square().mean())
            assert shown["mse"] == pytest.approx(error, rel=accuracy)
            pixels = np.frombuffer(base64.b64decode(shown["pixels"]), np.uint8).astype(int)
            expected = (picture.clamp(0, 1) * 255).round().flatten().numpy()
            assert np.abs(pixels - expected).max() <= 1


@pytest.mark.parametrize(("name", "variance"), VARIANCES.items())
def test_chance_is_the_seeds_and_its_pixels_are_those_of_the_data(name, variance):
    def chance(seed):
        return view.chance(name, (1, 28, 28), seed)

    assert torch.equal(chance(3), chance(3))
    assert not torch.equal(chance(3), chance(4))
    many = torch.stack([chance(seed) for seed in range(50)]).double()
    learned = datasets.unit_interval(datasets.load(name).test.images[:50]).double()
    for pixels in (many, learned):
        error = math.sqrt(variance / pixels.numel())
        assert abs(float(pixels.mean()) - 0.5) < 4 * error
        assert float(pixels.var()) == pytest.approx(variance, rel=0.02)
    # A uniform pixel is as often in the outer halves of its range as in the inner; a Gaussian not.
    outer = float(((many - 0.5).abs() > 0.25).double().mean())
    assert outer == pytest.approx({"noise": 0.5, "gaussian-noise": 0.1336}[name], abs=0.02)


def test_a_lab_without_these_networks_offers_nothing(lab):
    assert view.offered(lab) == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        {"data": "mnist"},
        {"data": "mnist", "digit": None, "seed": None},
        {"data": "nothing", "digit": None, "seed": 1},
        {"data": ["mnist"], "digit": None, "seed": 1},
        {"data": "noise", "digit": None, "seed": -1},
        {"data": "noise", "digit": None, "seed": math.nan},
        {"data": "noise", "digit": None, "seed": "1"},
        {"data": "mnist", "digit": {"shape": [1, 28, 28], "pixels": "AAAA"}, "seed": None},
        {"data": "mnist", "digit": {"shape": [1, 28, 28], "pixels": None}, "seed": 1},
    ],
)
def test_nonsense_gets_a_sentence(ask, message, assert_sentence):
    answer = ask(message)
    assert set(answer) == {"error"}
    assert_sentence(answer["error"])


@pytest.mark.parametrize("name", SIZES)
def test_directions_are_the_columns_of_the_decoders(shipped, name):
    """One signed byte a value, the largest of each direction 127."""
    told = view.directions_of(shipped, name)
    assert set(told["linear"]) == set(map(str, SIZES[name]))
    networks = {"pca": network(shipped, "pca-64", name)}
    networks |= {k: network(shipped, f"linear-{k}", name) for k in told["linear"]}
    for key, text in {"pca": told["pca"], **told["linear"]}.items():
        shown = np.frombuffer(base64.b64decode(text), np.int8).reshape(-1, 784)
        columns = networks[key].model.decoder[0].weight.T.double().numpy()[: view.TILES]
        expected = columns / np.abs(columns).max(1, keepdims=True)
        assert len(shown) == min(view.TILES, 64 if key == "pca" else int(key))
        assert (np.abs(shown.astype(int)).max(1) == 127).all()
        np.testing.assert_allclose(shown / 127, expected, atol=0.5 / 127 + 1e-9)
