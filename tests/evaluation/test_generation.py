"""Measures of drawn pictures, on sets whose measures are known."""

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from data import datasets
from data.sharpness import laplacian, sharpness
from evaluation import __main__ as cli
from evaluation import generation
from evaluation.checkpoints import Evaluator
from evaluation.generation import (
    class_entropy,
    coverage,
    features_of,
    frechet_distance,
    mean_distance,
    radii,
)
from evaluation.measures import Measure
from evaluation.metric import SEED
from models import build, zoo
from models.gaussian_mixture import GaussianMixture
from models.metrics import Metric
from models.origins import CODES, MIXTURE, PRIOR, metric_name


def precision_and_recall(fake, real):
    return coverage(fake, real, radii(real)), coverage(real, fake, radii(fake))


def test_the_laplacian_of_a_point_a_slope_and_a_parabola():
    point = torch.zeros(1, 1, 5, 5)
    point[0, 0, 2, 2] = 1
    expected = torch.zeros(5, 5)
    expected[2, 1:4], expected[1:4, 2] = torch.tensor([1.0, -4.0, 1.0]), torch.tensor([1.0, -4, 1])
    assert torch.equal(laplacian(point)[0, 0], expected)
    assert sharpness(point).item() == pytest.approx(20 / 25)  # the mean is 0
    slope = torch.arange(6.0).expand(1, 1, 6, 6)
    assert torch.equal(laplacian(slope)[..., 1:-1, 1:-1], torch.zeros(1, 1, 4, 4))
    assert torch.equal(laplacian(slope**2)[..., 1:-1, 1:-1], torch.full((1, 1, 4, 4), 2.0))


if (Path(os.environ.get("LATENT_DATA", "-")) / "MNIST").is_dir():

    def test_sharpness_of_real_mnist_is_the_reference():
        """The variance of the Laplacian of the whole test set, recomputed for this project."""
        parts = datasets.load("mnist", download=False).test.images.split(1_000)
        mean = torch.cat([sharpness(datasets.unit_interval(part)) for part in parts]).mean()
        assert mean.item() == pytest.approx(0.1576, abs=5e-5)


def test_blur_lowers_sharpness(x):
    blurred = torch.nn.functional.avg_pool2d(x, 3, 1, 1)
    assert (sharpness(blurred) < 0.3 * sharpness(x)).all()


def test_frechet_distance_is_the_closed_form(generator):
    """Sets whitened to exact moments: diagonal Gaussians, then correlated ones."""
    raw = torch.randn(400, 3, generator=generator, dtype=torch.float64)
    centred = raw - raw.mean(0)
    white = centred @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(raw.T))).T
    a = white * torch.tensor([1.0, 2.0, 3.0]) + torch.tensor([0.0, 1.0, 0.0])
    b = white.flip(0) * torch.tensor([2.0, 2.0, 0.5])
    assert frechet_distance(a, b) == pytest.approx(1 + 1 + 0 + 2.5**2)
    # N(0, S) against N(0, I): the sum of (sqrt(eigenvalue) - 1)^2, in any basis.
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64))
    turned = white * torch.tensor([1.0, 2.0, 3.0]) @ turn.T
    assert frechet_distance(turned, white) == pytest.approx(0 + 1 + 4)
    skewed = white @ torch.tensor([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).double()
    covariances = torch.cov(turned.T), torch.cov(skewed.T)
    root = torch.linalg.eigvals(covariances[0] @ covariances[1]).real.sqrt().sum()
    expected = covariances[0].trace() + covariances[1].trace() - 2 * root
    assert frechet_distance(turned, skewed) == pytest.approx(float(expected))


def test_identical_sets(generator):
    points = torch.randn(300, 5, generator=generator)
    assert frechet_distance(points, points) == pytest.approx(0, abs=1e-9)
    assert precision_and_recall(points, points) == (1, 1)


def test_radii_reach_the_third_neighbour():
    line = torch.tensor([[0.0], [1.0], [3.0], [6.0], [10.0]])
    assert radii(line).tolist() == [6, 5, 3, 5, 9]


def test_a_set_that_drops_a_mode_has_precision_without_recall(generator):
    """Two far clusters are real, one of them is drawn; then the other way round."""
    cluster = torch.randn(600, 2, generator=generator)
    near, far = cluster[:300], cluster[300:] + 100
    both, one = torch.cat([near, far]), torch.randn(600, 2, generator=generator)
    precision, recall = precision_and_recall(one, both)
    assert precision > 0.9
    assert 0.45 < recall <= 0.5
    precision, recall = precision_and_recall(both, one)
    assert 0.45 < precision <= 0.5
    assert recall > 0.9


def test_class_entropy():
    assert class_entropy(torch.eye(10)) == pytest.approx(math.log(10))
    assert class_entropy(torch.full((7, 10), 0.1)) == pytest.approx(math.log(10))
    one_class = torch.zeros(7, 10)
    one_class[:, 3] = 1
    assert class_entropy(one_class) == 0


def test_mean_distance():
    corners = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]).reshape(3, 1, 1, 2)
    assert mean_distance(corners) == pytest.approx((5 + 0 + 5) / 3)


@pytest.fixture
def judge(small_config):
    torch.manual_seed(0)
    judge = build(small_config("classifier", "conv", latent=4)).eval()
    with torch.no_grad():
        for parameter in judge.parameters():
            parameter.mul_(3)  # fresh features hardly differ
    return judge


@pytest.fixture
def real(judge, digits):
    return generation.reference(judge, digits, 200)


def test_real_pictures_as_if_drawn_score_as_themselves(judge, digits, real):
    """The test images against themselves are perfect; `real` says what other real ones reach."""
    pictures = datasets.unit_interval(digits.test.images[:200])
    found = generation.compared([features_of(judge, pictures)], real, PRIOR)
    assert found["precision"].value == found["recall"].value == 1
    assert found["classifier FID"].value == pytest.approx(0, abs=1e-5)
    assert found["sharpness"].value == found["sharpness"].real
    assert found["effective classes"].value == found["effective classes"].real
    assert not any(m.error for m in found.values())  # of one set there is none
    drawn, of_real = found["classes drawn"].value
    assert drawn == of_real
    assert sum(drawn) == pytest.approx(1)
    others = generation.compared([real.train], real, PRIOR)
    for name in ("precision", "recall", "classifier FID"):
        assert others[name].value == found[name].real
    assert found["classifier FID"].real > 0
    assert all("200" in m.sentence() and m.unit for m in found.values())


def test_effective_classes_are_as_many_equal_ones_as_have_the_entropy():
    assert generation.effective_classes(torch.full((10,), 0.1)) == pytest.approx(10)
    assert generation.effective_classes(torch.tensor([0.5, 0, 0.5])) == pytest.approx(2)
    shares = torch.tensor([0.5, 0.25, 0.25])
    assert generation.effective_classes(shares) == pytest.approx(2**1.5)


def test_what_the_judge_is_not_sure_of_is_not_recognised(judge, real):
    """By hand, from the probabilities themselves."""
    pictures = datasets.unit_interval(real.split.images)
    probabilities = judge.classify(pictures).probs
    shares = torch.bincount(probabilities.argmax(1), minlength=10) / 200
    assert torch.allclose(real.test.classes.float(), shares)
    sure = (probabilities > generation.CERTAINTY).any(1).float().mean()
    assert real.test.recognised == pytest.approx(float(sure), abs=1e-6)


def test_a_measure_is_the_mean_over_draws_with_their_deviation(judge, real):
    """Of the same measures of each set alone."""
    sets = [features_of(judge, datasets.unit_interval(real.split.images[i::3])) for i in range(3)]
    together = generation.compared(sets, real, PRIOR)
    alone = [generation.compared([one], real, PRIOR) for one in sets]
    for name, m in together.items():
        each = torch.tensor([one[name].value for one in alone], dtype=torch.float64)
        if name == "classes drawn":
            assert m.value[0] == pytest.approx(each[:, 0].mean(0).tolist(), abs=2e-6)
        else:
            assert m.value == pytest.approx(float(each.mean()), abs=2e-6)
            assert m.deviation == pytest.approx(float(each.std()), abs=2e-6)
        assert f"3 draws, seeds {SEED} to {SEED + 2}" in m.sentence()


@pytest.mark.parametrize("family", ["ae", "vae", "cvae", "m2", "vae-gan", "gan"])
def test_every_family_that_draws_is_measured(family, small_config, real):
    torch.manual_seed(1)
    model = build(small_config(family)).eval()
    sets = [generation.standard_normal(model, 200, SEED + i) for i in range(generation.DRAWS)]
    pictures = [generation.pictures_of(model, z, real.labels) for z in sets]
    assert pictures[0].shape == (200, 1, 28, 28)
    found = generation.generation(model, real)
    for name, m in found.items():
        plain = json.loads(json.dumps(m.to_dict(), allow_nan=False))
        assert Metric.from_dict(name, plain) == m
    mean = torch.stack([sharpness(x).mean() for x in pictures]).mean()
    assert found["sharpness"].value == pytest.approx(mean.item(), abs=1e-6)
    told = family in ("cvae", "m2")
    assert all(("y the class of a test image" in m.sentence()) == told for m in found.values())
    other = generation.pictures_of(model, sets[0], 0 * real.labels)
    assert torch.equal(pictures[0], other) != told


def test_draws_of_the_standard_normal_are_those_of_the_prior(small_config):
    model = build(small_config("vae"))
    generator = torch.Generator().manual_seed(3)
    expected = model.prior().sample((5,), generator=generator)
    assert torch.equal(generation.standard_normal(model, 5, 3), expected)


def test_other_origins_of_z_are_measured_by_the_same_code(small_config, real):
    """A mixture with a single narrow Gaussian draws one picture; codes are drawn once."""
    torch.manual_seed(1)
    model = build(small_config("ae")).eval()
    one = GaussianMixture(torch.ones(1), torch.ones(1, 3), 1e-8 * torch.eye(3)[None])
    found = generation.generation(model, real, one)
    plain = generation.generation(model, real)
    assert plain.items() <= found.items()
    assert found["pairwise distance, mixture"].value < 1e-2 < plain["pairwise distance"].value
    again = model.reconstruct(datasets.unit_interval(real.split.images))
    of_codes = generation.compared([features_of(real.judge, again)], real, CODES)
    for name, m in of_codes.items():
        assert found[name] == m
        assert "z the mean codes of the test images" in m.sentence()
        of_normal, of_mixture = (
            metric_name(name.removesuffix(", codes"), o) for o in (PRIOR, MIXTURE)
        )
        assert found[of_mixture].details == {"Gaussians in the mixture": 1}
        assert "z from a mixture of Gaussians" in found[of_mixture].sentence()
        assert "z from N(0, I)" in found[of_normal].sentence()


def test_shipped_cards_say_which_pictures_were_drawn_with_a_class(shipped):
    measured = {n: e for n, e in shipped.zoo.items() if "recall" in e.card.metrics}
    assert {"cvae-16", "vae-16", "gan-16", "ae-16"} <= measured.keys()
    for name in ("sharpness", "class entropy", "pairwise distance", "precision", "recall"):
        for entry in measured.values():
            protocol = entry.card.metrics[name].protocol
            assert protocol.class_given == entry.model.decode_needs_label
            assert (protocol.origin, protocol.draws) == (PRIOR, generation.DRAWS)
            words = "p(x|z, y), y the class of a test image" if protocol.class_given else "p(x|z)"
            of = f" means of {words}, z from N(0, I), {generation.DRAWS} draws, seeds"
            assert of in entry.card.metrics[name].sentence()


def test_shipped_measures_of_drawn_pictures_have_error_bars(shipped):
    """None was left without, and none moves so much that it says nothing."""
    measured = [e.card.metrics for e in shipped.zoo.values() if "recall" in e.card.metrics]
    assert len(measured) > 30
    for metrics in measured:
        for origin in (PRIOR, MIXTURE):
            fid, *shares = (
                metric_name(n, origin) for n in ("classifier FID", "precision", "recall")
            )
            if fid in metrics:
                assert 0 < metrics[fid].deviation < 0.1 * metrics[fid].value
                assert all(0 <= metrics[name].deviation < 0.06 for name in shares)


@pytest.fixture
def judged_folder(tmp_path, judge, digits):
    """A folder with the judge of scikit-learn's digits in it."""
    none = zoo.Codes(torch.empty(0, 4), torch.empty(0, dtype=torch.long))
    latent = {"mean": [0.0] * 4, "std": [1.0] * 4}
    card = zoo.Card("c", judge.config, data=digits.identity, latent=latent)
    zoo.save(tmp_path / "classifier", judge, none, card)
    return tmp_path


def test_the_command_changes_nothing_else_on_a_card(save_checkpoint, judged_folder, capsys):
    folder = judged_folder / "vae-2"
    save_checkpoint(judged_folder, "vae", 2)
    before = zoo.load(folder)
    words = ["--only", "generation", "--checkpoints", str(judged_folder)]
    assert not cli.is_taken(Measure.GENERATION, before)
    assert cli.main(["vae-2", *words]) == 0
    assert zoo.load(folder).card == before.card  # printed alone
    assert cli.main(["vae-2", "--write", *words]) == 0
    after = zoo.load(folder)
    assert cli.is_taken(Measure.GENERATION, after)
    assert set(after.card.metrics) > set(before.card.metrics)
    assert before.card.metrics.items() <= after.card.metrics.items()
    assert after.card.latent == before.card.latent
    assert after.card.weights_sha256 == before.card.weights_sha256


def test_drawn_pictures_are_measured_where_the_judge_knows_the_data(
    tmp_path, judged_folder, judge, digits, small_config
):
    """And nothing is said of what is drawn without a judge, or with one of other data."""
    model = build(small_config("gan")).eval()

    def measured(folder):
        evaluator = Evaluator(folder, torch.device("cpu"))
        return evaluator.measure(model, digits, [Measure.GENERATION]).metrics

    assert "recall" not in measured(tmp_path / "none")
    assert "recall" in measured(judged_folder)
    card = replace(zoo.load(judged_folder / "classifier").card, data={"name": "others"})
    none = zoo.Codes(torch.empty(0, 4), torch.empty(0, dtype=torch.long))
    zoo.save(judged_folder / "classifier", judge, none, card)
    assert "recall" not in measured(judged_folder)


def test_no_judge_is_said_in_a_sentence(tmp_path, save_checkpoint, capsys):
    save_checkpoint(tmp_path, "vae", 2)
    assert cli.main(["vae-2", "--only", "generation", "--checkpoints", str(tmp_path)]) == 1
    assert "there is no checkpoint classifier" in capsys.readouterr().err
