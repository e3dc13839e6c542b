"""The optimizers: AdamW for all weights, or Muon for the matrices of layers and AdamW for the others."""

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
"""How the names of the matrices begin that Muon takes."""

UNDECAYED = ("embedding", "places", "levels", "tables", "prior")
"""Parts of the names of lookup tables and of the prior, which do not decay when Muon is used."""

BETAS = (0.9, 0.98)
"""The betas of AdamW when it works beside Muon."""


def optimizer_of(model: nn.Module, training: TrainingSettings) -> Optimizer:
    """Returns the optimizer that the settings ask for, with all weights that are trained.

    Raises:
        UserError: the settings ask for Muon, and this release of PyTorch has none or the model no matrices for it.
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
    undecayed = [name for name in others if name not in set(decayed)]
    by_decay = ((decayed, decay), (undecayed, 0.0))
    groups = [([named[name] for name in names], of_group) for names, of_group in by_decay if names]
    return MuonBesideAdamW([named[name] for name in matrices], groups, lr=rate, weight_decay=decay)


class MuonBesideAdamW(Optimizer):
    """Two optimizers behind the interface of one: Muon takes the first group of weights, AdamW the others.

    So Lightning counts one step and saves one state. Muon orthogonalises the momentum of a matrix (Jordan et al. 2024).
    Its steps are scaled to the size of AdamW's, so that one learning rate serves both (Liu et al. 2025, section 2.2).
    """

    def __init__(
        self,
        matrices: Sequence[Tensor],
        others: Sequence[tuple[Sequence[Tensor], float]],
        *,
        lr: float,
        weight_decay: float,
    ) -> None:
        """Makes both optimizers.

        Args:
            matrices: the weights that Muon takes.
            others: groups of weights that AdamW takes, each with its weight decay.
            lr: the learning rate of both.
            weight_decay: of the matrices.

        Raises:
            UserError: this release of PyTorch has no Muon.
        """
        if not hasattr(torch.optim, "Muon"):
            raise UserError("training.optimizer muon needs PyTorch 2.9 or newer; this one has adamw alone")
        muon = torch.optim.Muon(matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        rest = [{"params": weights, "weight_decay": decay} for weights, decay in others]
        self._optimizers: list[Optimizer] = [muon, *([AdamW(rest, lr=lr, betas=BETAS, fused=True)] if rest else [])]
        super().__init__([group for optimizer in self._optimizers for group in optimizer.param_groups], {})

    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Makes a step with both optimizers."""
        loss = closure() if closure else None
        first, *rest = self.param_groups
        groups_of: list[list[dict[str, Any]]] = [[first], rest]
        for optimizer, groups in zip(self._optimizers, groups_of, strict=False):
            # A checkpoint is loaded into this object, so both are handed its groups and state each time.
            optimizer.param_groups, optimizer.state = groups, self.state
            optimizer.step()
        return loss
