"""M2: its bounds, its gradient, what hidden labels may teach, and which labels are known."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from data.datasets import DataError, Split
from models import Batch, build
from models.distributions import kl_to_standard_normal
from models.networks import NetworkConfig
from models.semi_supervised import M2Config
from tests.made_up import stand_in
from training import loop
from training.labels import UNLABELLED, batches, choose_labelled, hide_labels
from training.recipes.few_labels import LABELS, semi_supervised, supervised

CPU = torch.device("cpu")
SMALL = NetworkConfig(widths=(12,))


@pytest.fixture
def m2():
    """M2 with a 2-D code, the classes told apart in both networks, in float64."""
    torch.manual_seed(0)
    model: Any = build(M2Config("m2", 2, SMALL, SMALL, classifier=NetworkConfig(widths=(8,))))
    with torch.no_grad():
        model.class_embedding.normal_()
        model.classifier[-1].bias.normal_()
        for parameter in model.decoder.parameters():
            parameter.mul_(2)
    return model.double()


@pytest.fixture
def binary(x):
    return (x > 0.5).double()


def bound(terms):
    return -(terms["reconstruction"] + terms["kl"] + terms["class kl"])


def log_p(model, x):
    """log p(x) of one image by quadrature over the plane, summed over y, nats."""
    axis = torch.linspace(-6, 6, 49, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    weight = model.prior().log_prob(z) + 2 * torch.log(axis[1] - axis[0])
    each = []
    for y in range(model.classes):
        p = model.decode(z, torch.full((len(z),), y))
        each.append((p.log_prob(x.expand(len(z), *x.shape)) + weight).logsumexp(0))
    return torch.stack(each).logsumexp(0) - torch.log(torch.tensor(10.0))


@torch.no_grad()
def test_the_unlabelled_bound_is_below_log_p(m2, binary, generator):
    """-U(x) <= log p(x), and -L(x, y) <= log p(x, y) <= log p(x), by 4 standard errors."""
    n, x = 500, binary[0]
    true = log_p(m2, x)
    for y in (None, torch.full((n,), 3)):
        draws = bound(m2.terms(Batch(x.expand(n, *x.shape), y, generator)))
        error = draws.std() / n**0.5
        assert draws.mean() + 4 * error < true
        assert true - draws.mean() < 60, "so far below that the test would say nothing"


@torch.no_grad()
def test_the_bound_is_tight_where_q_is_the_posterior(m2, binary, generator):
    """A decoder that does not look at z: q(z|x, y) = p(z), q(y|x) = p(y|x) leave no gap."""
    m2.decoder[0].weight.view(-1, 10, m2.latent + 1)[..., :-1] = 0
    m2.encoder[-1].weight.zero_()
    m2.encoder[-1].bias.zero_()
    x = binary[0]
    y = torch.arange(10)
    log_likelihood = m2.decode(torch.zeros(10, 2).double(), y).log_prob(x.expand(10, *x.shape))
    m2.classifier[-1].weight.zero_()
    m2.classifier[-1].bias.copy_(log_likelihood)
    found = bound(m2.terms(Batch(x[None], None, generator)))[0]
    expected = log_likelihood.logsumexp(0) - torch.log(torch.tensor(10.0).double())
    torch.testing.assert_close(found, expected)


def test_terms_are_those_of_the_paper(m2, binary):
    """Equations 6 and 7 written out class by class, with the same draws."""
    y = torch.tensor([2, UNLABELLED, 7, UNLABELLED, UNLABELLED, 0])
    terms = m2.terms(Batch(binary, y, torch.Generator().manual_seed(3)))
    noise = torch.randn(6, 10, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    each = []
    for k in range(10):
        told = torch.full((6,), k)
        q = m2.encode(binary, told)
        z = q.mean + q.stddev * noise[:, k]
        kl = kl_to_standard_normal(q).sum(-1)
        each.append(m2.decode(z, told).log_prob(binary) - kl - torch.log(torch.tensor(10.0)))
    minus_l = torch.stack(each, 1)
    q_y = m2.classify(binary)
    unlabelled = (q_y.probs * minus_l).sum(1) + q_y.entropy()
    labelled = minus_l.gather(1, y.clamp(min=0)[:, None])[:, 0]
    known = y >= 0
    torch.testing.assert_close(
        bound(terms), torch.where(known, labelled, unlabelled), rtol=1e-6, atol=1e-6
    )
    expected = torch.where(known, -q_y.log_prob(y.clamp(min=0)), 0.0)
    torch.testing.assert_close(terms["classification"], expected)
    weights = m2.objective(0)["model"]
    assert weights == {"reconstruction": 1, "kl": 1, "class kl": 1, "classification": 1}


def test_the_enumerated_gradient_is_the_mean_of_sampled_ones(m2, binary, assert_mean):
    """Of E_q(y|x)[L(x, y)] in the logits: y drawn, its loss times the score, averages to the sum.

    L is held fixed by drawing z once for each class: what differs is the expectation over y.
    """
    x, n = binary[:1], 20_000
    logits = m2.classify(x).logits.detach().requires_grad_()
    with torch.no_grad():
        reconstruction, kl = m2.terms_by_class(Batch(x, generator=torch.Generator().manual_seed(1)))
    loss = (reconstruction + kl)[0]
    (enumerated,) = torch.autograd.grad((logits.softmax(-1)[0] * loss).sum(), logits)
    probs = logits.detach().softmax(-1)[0]
    y = torch.multinomial(probs, n, True, generator=torch.Generator().manual_seed(2))
    score = torch.nn.functional.one_hot(y, 10) - probs
    assert_mean((loss[y] - loss.mean())[:, None] * score, enumerated[0])


def test_hidden_labels_teach_only_through_the_bound(m2, binary, generator):
    """An image without a label moves q(y|x), and leaves the classification loss alone."""
    hidden = torch.full((len(binary),), UNLABELLED)
    terms = m2.terms(Batch(binary, hidden, generator))
    assert not terms["classification"].any()
    (gradient,) = torch.autograd.grad(bound(terms).sum(), m2.classifier[-1].bias)
    assert gradient.abs().max() > 1e-3


@torch.no_grad()
def test_each_class_has_a_first_layer_of_its_own(m2):
    """Of the decoder, alone on its code and constant; the layers after it are shared."""
    first = m2.decoder[0]
    weight, z = first.weight.clone().view(-1, 10, m2.latent + 1), torch.randn(4, 2).double()
    for y in range(10):
        decoder_input = m2.condition(z, torch.full((4,), y))
        expected = z @ weight[:, y, :-1].T + weight[:, y, -1] + first.bias
        torch.testing.assert_close(first(decoder_input), expected)


def test_without_a_label_the_most_probable_class_is_taken(m2, binary):
    y = m2.classify(binary).probs.argmax(1)
    assert torch.equal(m2.encode(binary).mu, m2.encode(binary, y).mu)
    assert torch.equal(m2.reconstruct(binary), m2.reconstruct(binary, y))
    with pytest.raises(ValueError, match="needs a label"):
        m2.decode(torch.zeros(6, 2).double())


def test_both_kl_weigh_more_at_first():
    """By the same factor at every step: half way, the square root is left."""
    model = build(M2Config("m2", 2, alpha=3.0, kl_start=4.0, class_kl_start=9.0, anneal_steps=100))
    weights = [model.objective(step)["model"] for step in (0, 50, 100, 10_000)]
    assert [w["kl"] for w in weights] == [4, 2, 1, 1]
    assert [w["class kl"] for w in weights] == [9, 3, 1, 1]
    assert {(w["reconstruction"], w["classification"]) for w in weights} == {(1, 3)}


@pytest.mark.parametrize("field", ["alpha", "kl_start", "class_kl_start", "anneal_steps"])
def test_a_negative_weight_is_refused(field):
    with pytest.raises(ValueError, match="must lie between 0 and"):
        M2Config("m2", 2, **stand_in({field: -1}))


# Which labels are known, and the batches.


@pytest.fixture
def few():
    """A recipe for scikit-learn's digits: 30 known labels."""
    recipe = semi_supervised(100)
    config = replace(recipe.config, latent=2, encoder=SMALL, decoder=SMALL, classifier=SMALL)
    return replace(
        recipe, config=config, dataset="digits", labels=30, batch_size=40, epochs=1, validation=200
    )


def test_labels_are_as_many_of_each_class_and_follow_the_seed(digits):
    chosen = choose_labelled(digits.train.labels, 30, 5)
    assert digits.train.labels[chosen].bincount().tolist() == 10 * [3]
    assert torch.equal(chosen, choose_labelled(digits.train.labels, 30, 5))
    assert not torch.equal(chosen, choose_labelled(digits.train.labels, 30, 6))


def test_both_methods_know_the_same_labels(digits, few):
    train, validation = loop.split_validation(digits.train, few, CPU)
    shown, checked = hide_labels(train, validation, few, build(few.config))
    known = shown.labels != UNLABELLED
    assert known.sum() == 30
    assert len(shown) == len(train)
    assert (checked.labels == UNLABELLED).all(), "a hidden label must not choose the epoch"
    assert len(checked) == 200
    alone, none = hide_labels(train, validation, few, build(supervised(100).config))
    assert torch.equal(alone.images, shown.images[known])
    assert torch.equal(alone.labels, shown.labels[known])
    assert len(none) == 0


def test_every_batch_holds_its_share_of_labels(digits, few, generator):
    train, validation = loop.split_validation(digits.train, few, CPU)
    shown, _ = hide_labels(train, validation, few, build(few.config))
    indices = batches(shown.labels, few, generator)
    assert all(len(index) == 40 for index in indices)
    assert all((shown.labels[index] != UNLABELLED).sum() == 8 for index in indices)
    seen = torch.cat(indices).bincount(minlength=len(shown))
    assert seen[shown.labels == UNLABELLED].max() == 1
    assert len(indices) == (len(shown) - 30) // 32
    again = seen[shown.labels != UNLABELLED]
    assert again.max() - again.min() <= 1


def test_hidden_labels_are_never_looked_at(digits, few, monkeypatch):
    """The same weights come out whatever the hidden labels are."""
    train, _ = loop.split_validation(digits.train, few, CPU)
    known = choose_labelled(train.labels, few.labels, few.seed)
    lies = (digits.train.labels + 1) % 10
    lies[known] = digits.train.labels[known]
    # Choosing looks at every label, to take as many of each class; so the known ones are pinned.
    monkeypatch.setattr("training.labels.choose_labelled", lambda labels, count, seed: known)
    states = []
    for labels in (digits.train.labels, lies):
        torch.manual_seed(0)
        model = build(few.config)
        list(loop.fit(few, model, replace(digits.train, labels=labels), CPU))
        states.append(model.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda labels: torch.zeros_like(labels), "has no labels"),
        (lambda labels: torch.full_like(labels, UNLABELLED), "has no labels"),
        (lambda labels: labels + 5, "15 classes"),
    ],
)
def test_data_without_the_labels_are_refused_before_training(
    digits, few, change, reason, assert_sentence
):
    split = Split.of(digits.train.images, change(digits.train.labels))
    with pytest.raises(DataError, match=reason) as refused:
        next(loop.fit(few, build(few.config), split, CPU))
    assert_sentence(str(refused.value))


@pytest.mark.parametrize("labels", [0, 5, 37, 10_000])
def test_label_counts_that_cannot_be_are_refused(digits, few, labels, assert_sentence):
    with pytest.raises(DataError) as refused:
        next(loop.fit(replace(few, labels=labels), build(few.config), digits.train, CPU))
    assert_sentence(str(refused.value))


def test_recipes_pair_the_same_network_with_the_same_labels():
    for labels in LABELS:
        ours, alone = semi_supervised(labels), supervised(labels)
        assert ours.labels == alone.labels == labels
        assert ours.seed == alone.seed
        assert ours.validation == alone.validation
        sizes = [
            [p.shape for p in build(r.config).classifier_network().parameters()]
            for r in (ours, alone)
        ]
        assert sizes[0] == sizes[1]
        assert alone.config.corruption is None, "neither sees moved images"
