"""The one training loop: `fit` yields what happened, whoever called it shows it.

Every epoch draws its order and noise from a generator seeded by (seed, epoch), so the state between
epochs is the weights, Adam's moments and a counter; a resumed run repeats an uninterrupted one.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor

from data.datasets import Split, unit_interval
from models import Batch, Model, build
from models.zoo import write_atomically

from .labels import batches, check_labels, hide_labels
from .recipes import Recipe

ORDER, NOISE, VALIDATION = 0, 1, 2  # streams of randomness that must not meet
STATE_FORMAT = 2  # of saved states; 1 had other names of weights and fields
REPORT_EVERY = 50  # steps between progress reports; each one waits for the device


class TrainingError(RuntimeError):
    """Why training cannot go on, in one sentence."""


@dataclass(frozen=True)
class Progress:
    """Within an epoch: terms averaged over its images so far, nats per image."""

    epoch: int
    step: int
    steps: int
    terms: dict[str, float]


@dataclass(frozen=True)
class Epoch:
    """A finished epoch. `validation` holds its terms; `objective` is their weighted sum."""

    epoch: int
    train: dict[str, float]
    validation: dict[str, float]
    objective: float
    best: bool
    seconds: float


@dataclass(frozen=True)
class Finished:
    """The model now holds the weights of `best_epoch`; `curve` has a row per epoch, nats."""

    best_epoch: int
    curve: list[dict[str, float]]
    seconds: float


@dataclass
class State:
    """What a run carries from one epoch to the next."""

    epoch: int = 0
    best_epoch: int = 0
    best_objective: float = math.inf
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0


def seed_of(seed: int, stream: int, epoch: int) -> int:
    """A seed of its own for each (seed, stream, epoch); hashed, so that none overlap."""
    digest = hashlib.sha256(f"{seed}/{stream}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def learning_rate(recipe: Recipe, progress: float) -> float:
    """Linear warm-up, then a cosine to zero; `progress` runs from 0 to 1 over all steps."""
    if progress < recipe.warmup:
        return recipe.learning_rate * progress / recipe.warmup
    done = (progress - recipe.warmup) / (1.0 - recipe.warmup)
    return recipe.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done))


def native_bfloat16(device: torch.device) -> bool:
    """Does the device multiply bfloat16 in hardware? Emulated, it is slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


def uses_bfloat16(recipe: Recipe, device: torch.device) -> bool:
    """Do recipe and hardware agree on bfloat16 layers over float32 weights?"""
    return recipe.precision == "auto" and native_bfloat16(device)


def mixed_precision(recipe: Recipe, device: torch.device):
    """The context in which the terms are computed."""
    if uses_bfloat16(recipe, device):
        # No cache of cast weights: a captured graph would keep the casts of the step it recorded.
        return torch.autocast(device.type, torch.bfloat16, cache_enabled=False)
    return nullcontext()


def make_batch(split: Split, index: Tensor, recipe: Recipe, generator: torch.Generator) -> Batch:
    """The images at `index` in [0, 1], binarized if the recipe says so, with their labels."""
    x = unit_interval(split.images[index])
    if recipe.binarize:
        x = torch.bernoulli(x, generator=generator)
    return Batch(x, split.labels[index], generator)


def weighted_sum(weights: dict[str, Tensor | float], means: dict[str, Tensor]) -> Tensor:
    """One player's objective: the sum of weight times term, nats per image."""
    return sum(weight * means[name] for name, weight in weights.items())


class Stepper:
    """One optimisation step over a batch of indices, the same code on every device.

    All that changes between steps lives in tensors (indices, learning rate, weights of the terms),
    so that on CUDA the step is captured once as a graph and replayed: for networks this small,
    launching kernels one by one costs more than running them.
    """

    def __init__(self, model: Model, split: Split, recipe: Recipe, device: torch.device):
        self.model, self.split, self.recipe = model, split, recipe
        self.generator = torch.Generator(device)
        self.rate = torch.zeros((), device=device)
        self.index = torch.zeros(recipe.batch_size, dtype=torch.long, device=device)
        self.players = model.players()
        self.weights = {
            player: {name: torch.zeros((), device=device) for name in terms}
            for player, terms in model.objective(0).items()
        }
        self.optimizers = {
            player: torch.optim.Adam(
                parameters,
                lr=self.rate,
                betas=(model.adam_beta1, 0.999),
                fused=True,
                capturable=device.type == "cuda",
            )
            for player, parameters in self.players.items()
        }
        self.sums: dict[str, Tensor] = {}
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, index: Tensor, rate: float, step: int) -> None:
        """Move every player once. Nothing here waits for the device."""
        self.index.copy_(index)
        self.rate.fill_(rate)
        for player, terms in self.model.objective(step).items():
            for name, weight in terms.items():
                self.weights[player][name].fill_(weight)
        if self.graph is not None:
            self.graph.replay()
        else:
            self._step()

    def capture(self) -> None:
        """Record one step as a CUDA graph, leaving weights, moments and generator as they were."""
        weights = {k: v.clone() for k, v in self.model.state_dict().items()}
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):  # warm-up off the capture: allocates moments and workspaces
            for _ in range(3):
                self._step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.generator)
        with torch.cuda.graph(graph):
            self._step()
        self.model.load_state_dict(weights)
        for optimizer in self.optimizers.values():
            for moments in optimizer.state.values():
                for value in moments.values():
                    value.zero_()
        self.graph = graph

    def _step(self) -> None:
        batch = make_batch(self.split, self.index, self.recipe, self.generator)
        with mixed_precision(self.recipe, self.index.device):
            terms = self.model.terms(batch)
        means = {name: term.mean() for name, term in terms.items()}
        # Every player's gradient before any player moves: they share one forward pass.
        gradients = {
            player: torch.autograd.grad(
                weighted_sum(self.weights[player], means), parameters, retain_graph=True
            )
            for player, parameters in self.players.items()
        }
        for player, parameters in self.players.items():
            for parameter, gradient in zip(parameters, gradients[player], strict=True):
                parameter.grad = gradient
            if self.recipe.clip is not None:
                torch.nn.utils.clip_grad_norm_(parameters, self.recipe.clip)
            self.optimizers[player].step()
        for name, mean in means.items():
            self.sums.setdefault(name, torch.zeros_like(mean)).add_(mean.detach())

    def start_epoch(self, seed: int, epoch: int) -> None:
        """Fresh running sums, and this epoch's own randomness."""
        for total in self.sums.values():
            total.zero_()
        self.generator.manual_seed(seed_of(seed, NOISE, epoch))

    def averages(self, steps: int) -> dict[str, float]:
        """The terms averaged over `steps` steps of this epoch, nats per image."""
        return {name: float(total) / steps for name, total in self.sums.items()}


def save_state(path: Path, stepper: Stepper, recipe: Recipe, state: State) -> None:
    """Write everything the next epoch needs, atomically. Tensors and JSON only."""
    tensors = {f"model.{k}": v for k, v in stepper.model.state_dict().items()}
    tensors |= {f"best.{k}": v for k, v in state.best_weights.items()}
    for player, optimizer in stepper.optimizers.items():
        for i, moments in optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{player}.{i}.{k}": v for k, v in moments.items()}
    facts = {
        "format": STATE_FORMAT,
        "recipe": recipe.to_dict(),
        "data": stepper.split.sha256,
    } | {
        name: getattr(state, name)
        for name in ("epoch", "best_epoch", "best_objective", "curve", "seconds")
    }
    tensors = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    text = json.dumps(facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"state": text, "sha256": _sha256(tensors, text)}
    write_atomically(path, save_tensors(tensors, metadata))


def _sha256(tensors: dict[str, Tensor], text: str) -> str:
    """Of all that a state holds: safetensors accept a flipped bit."""
    return hashlib.sha256(save_tensors(tensors) + text.encode()).hexdigest()


def _read_state(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Its tensors and its facts. Raises TrainingError if they are not those that were saved."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        text = metadata["state"]
        if metadata["sha256"] == _sha256(tensors, text):
            return tensors, json.loads(text)
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise TrainingError(
            "The saved state cannot be read; start again without --resume."
        ) from error
    raise TrainingError("The saved state is damaged; start again without --resume.")


def data_of_state(path: Path) -> str | None:
    """The hash of the data that a saved state is of; None without one that can be read."""
    try:
        return _read_state(path)[1]["data"]
    except TrainingError:
        return None


def load_state(path: Path, stepper: Stepper, recipe: Recipe) -> State:
    """Put a saved run back into `stepper`.

    Raises TrainingError if it is damaged, or of another version, another recipe or other data.
    """
    tensors, facts = _read_state(path)
    if facts.pop("format", 1) != STATE_FORMAT:
        raise TrainingError(
            "The saved state is of another version of Latent Lab; start again without --resume."
        )
    saved, data = facts.pop("recipe"), facts.pop("data")
    if data != stepper.split.sha256:
        raise TrainingError("The saved state is of other data; start again without --resume.")
    if saved != recipe.to_dict():
        raise TrainingError(f"The saved state is {_unlike(saved, recipe)} without --resume.")
    state = State(best_weights=_with_prefix(tensors, "best."), **facts)
    try:
        stepper.model.load_state_dict(state.best_weights)
        stepper.model.load_state_dict(_with_prefix(tensors, "model."))
    except RuntimeError as error:
        raise TrainingError(
            "The saved state does not fit the model; start again without --resume."
        ) from error
    for player, optimizer in stepper.optimizers.items():
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in _with_prefix(tensors, f"adam.{player}.").items():
            i, name = key.split(".", 1)
            moments.setdefault(int(i), {})[name] = value
        _restore_moments(optimizer, moments)
    return state


def _unlike(saved: dict[str, Any], recipe: Recipe) -> str:
    """What another recipe a state is of, and how to go on with it."""
    if (epochs := saved["epochs"]) != recipe.epochs:
        return (
            f"of a run of {epochs} epochs, in which the learning rate falls to zero; resume it "
            f"with --epochs {epochs}, or start again"
        )
    if (seed := saved["seed"]) != recipe.seed:
        return f"of seed {seed}; resume it with --seed {seed}, or start again"
    return "of another recipe; start again"


def _with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _restore_moments(optimizer: torch.optim.Optimizer, moments: dict[int, dict[str, Tensor]]):
    """Copy moments in place where they exist already: a captured graph holds their addresses."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for i, parameter in enumerate(parameters):
        current = optimizer.state[parameter]
        for name, value in moments.get(i, {}).items():
            if name in current:
                current[name].copy_(value)
            else:
                current[name] = value.to(parameter.device)


@torch.no_grad()
def validate(model: Model, split: Split, recipe: Recipe, seed: int) -> dict[str, float]:
    """The terms averaged over `split`, nats per image, with the same noise after every epoch."""
    device = split.images.device
    generator = torch.Generator(device).manual_seed(seed_of(seed, VALIDATION, 0))
    totals: dict[str, Tensor] = {}
    for index in torch.arange(len(split), device=device).split(1_000):
        for name, term in model.terms(make_batch(split, index, recipe, generator)).items():
            totals[name] = totals.get(name, 0.0) + term.sum()
    return {name: float(total) / len(split) for name, total in totals.items()}


def validation_size(images: int, recipe: Recipe) -> int:
    """How many of so many training images are held out for validation: a fifth at most."""
    return min(recipe.validation, images // 5)


def split_validation(split: Split, recipe: Recipe, device: torch.device) -> tuple[Split, Split]:
    """(images to train on, last images held out for validation, perhaps none), on the device."""
    n = len(split) - validation_size(len(split), recipe)
    if n < recipe.batch_size:
        raise TrainingError(
            f"{len(split)} images are too few for a batch of {recipe.batch_size} "
            f"and {recipe.validation} held out."
        )
    train, validation = (split.part(s).to(device) for s in (slice(n), slice(n, None)))
    return train, validation


def fit(
    recipe: Recipe,
    model: Model,
    data: Split,
    device: torch.device,
    state_path: Path | None = None,
    resume: bool = False,
) -> Iterator[Progress | Epoch | Finished]:
    """Train `model` in place: `Progress` within epochs, an `Epoch` after each, `Finished` at last.

    With `state_path` every epoch ends in a saved state, which `resume` goes on from to the same
    weights an uninterrupted run gives. Raises TrainingError, and DataError for lack of labels.
    """
    check_labels(data, recipe, model)
    model.to(device).train()
    train, validation = split_validation(data, recipe, device)
    if recipe.labels is not None:
        train, validation = hide_labels(train, validation, recipe, model)
    stepper = Stepper(model, train, recipe, device)
    if device.type == "cuda":
        stepper.capture()
    state = State()
    if resume and state_path is not None and state_path.exists():
        state = load_state(state_path, stepper, recipe)

    while state.epoch < recipe.epochs and state.epoch - state.best_epoch < recipe.patience:
        started = time.perf_counter()
        stepper.start_epoch(recipe.seed, state.epoch)
        order = torch.Generator().manual_seed(seed_of(recipe.seed, ORDER, state.epoch))
        indices = batches(train.labels, recipe, order)
        per_epoch = len(indices)
        for i, index in enumerate(indices):
            step = state.epoch * per_epoch + i
            stepper(index, learning_rate(recipe, step / (recipe.epochs * per_epoch)), step)
            if (i + 1) % REPORT_EVERY == 0:
                yield Progress(state.epoch + 1, i + 1, per_epoch, stepper.averages(i + 1))
        yield _finish_epoch(stepper, validation, recipe, state, per_epoch, started)
        if state_path is not None:
            save_state(state_path, stepper, recipe, state)
    model.load_state_dict(state.best_weights)
    model.eval()
    yield Finished(state.best_epoch, state.curve, state.seconds)


def train_model(
    recipe: Recipe,
    data: Split,
    device: torch.device,
    on_event: Callable[[Progress | Epoch | Finished], None] = lambda event: None,
) -> tuple[Model, Finished]:
    """A new model of the recipe, on the device, with the weights of its best epoch.

    `on_event` is called with every event of `fit`. Raises what `fit` raises.
    """
    torch.manual_seed(recipe.seed)  # initial weights; all else draws from generators of its own
    model = build(recipe.config)
    for event in fit(recipe, model, data, device):
        on_event(event)
    return model, event


def _finish_epoch(
    stepper: Stepper, validation: Split, recipe: Recipe, state: State, steps: int, started: float
) -> Epoch:
    """Validate, remember the weights if they are the best so far, and move the state on."""
    model = stepper.model.eval()
    train = stepper.averages(steps)
    means = validate(model, validation, recipe, recipe.seed) if len(validation) else {}
    weights = model.objective(steps * (state.epoch + 1)).values()
    objective = sum(w * (means or train)[n] for terms in weights for n, w in terms.items())
    if not math.isfinite(objective):
        raise TrainingError("The objective is no longer finite; lower the learning rate.")
    state.epoch += 1
    best = not means or objective < state.best_objective
    if best:
        state.best_epoch, state.best_objective = state.epoch, objective
        state.best_weights = {k: v.clone() for k, v in model.state_dict().items()}
    state.seconds += time.perf_counter() - started
    state.curve.append(
        {"epoch": state.epoch}
        | {f"train {name}": round(value, 4) for name, value in train.items()}
        | {f"validation {name}": round(value, 4) for name, value in means.items()}
    )
    model.train()
    return Epoch(state.epoch, train, means, objective, best, state.seconds)
