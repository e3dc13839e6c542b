"""What makes the steps of training: AdamW, or Muon for the matrices of layers beside AdamW for all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.optim import AdamW, Optimizer

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor, nn

    from vae.settings import TrainingSettings

_LAYERS = ("encoder.", "decoder.")
"""What the names of the matrices begin with that Muon takes."""

UNDECAYED = ("embedding", "places", "levels", "tables", "prior")
"""What a name holds of weights that are looked up, or stand for themselves: they do not decay beside Muon."""

BETAS = (0.9, 0.98)
"""Of AdamW beside Muon, whose steps are as large from the first on."""


def optimizer_of(model: nn.Module, training: TrainingSettings) -> Optimizer:
    """The optimizer of all weights that are trained.

    Raises:
        UserError: the release of PyTorch has no Muon, or the model no matrices for it.
    """
    named = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    rate, decay = training.learning_rate, training.weight_decay
    if training.optimizer == "adamw":
        return AdamW(named.values(), lr=rate, weight_decay=decay, fused=True)
    matrices = [name for name, weight in named.items() if weight.ndim == 2 and name.startswith(_LAYERS)]
    if not matrices:
        raise UserError("training.optimizer muon: the model has no layers of matrices, train it with adamw")
    others = [name for name in named if name not in set(matrices)]
    decayed = [name for name in others if named[name].ndim > 1 and not any(part in name for part in UNDECAYED)]
    kept = [name for name in others if name not in set(decayed)]
    groups = [([named[name] for name in names], share) for names, share in ((decayed, decay), (kept, 0.0)) if names]
    return MuonBesideAdamW([named[name] for name in matrices], groups, lr=rate, weight_decay=decay)


class MuonBesideAdamW(Optimizer):
    """One optimizer to whoever counts steps or keeps its state: Muon steps the first group, AdamW the others.

    Muon orthogonalises the momentum of a matrix (Jordan et al. 2024), its steps scaled to the size of AdamW's, so that
    one learning rate serves both (Liu et al. 2025, section 2.2).
    """

    def __init__(
        self,
        matrices: Sequence[Tensor],
        others: Sequence[tuple[Sequence[Tensor], float]],
        *,
        lr: float,
        weight_decay: float,
    ) -> None:
        """Args: others: weights of all other shapes, and how much they decay. Raises UserError without Muon."""
        if not hasattr(torch.optim, "Muon"):
            raise UserError("training.optimizer muon needs PyTorch 2.9 or newer; this one has adamw alone")
        muon = torch.optim.Muon(matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        rest = [{"params": weights, "weight_decay": decay} for weights, decay in others]
        self._steppers: list[Optimizer] = [muon, *([AdamW(rest, lr=lr, betas=BETAS, fused=True)] if rest else [])]
        super().__init__([group for each in self._steppers for group in each.param_groups], {})

    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step of both, by the groups and the state that this one has now: those loaded, where some were."""
        loss = closure() if closure else None
        first, *rest = self.param_groups
        shares: list[list[dict[str, Any]]] = [[first], rest]
        for stepper, groups in zip(self._steppers, shares, strict=False):
            stepper.param_groups, stepper.state = groups, self.state
            stepper.step()
        return loss
