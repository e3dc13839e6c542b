"""Modules made without initial values, for those that are about to be given some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable


class NoDrawing(TorchFunctionMode):
    """While it lasts, what `torch.nn.init` is given stays as it is: drawing 49 million numbers takes half a second."""

    def __torch_function__(
        self, func: Callable[..., Any], _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Gives back the tensor that an initialisation is to fill; calls everything else."""
        named = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else named["tensor"]
        return func(*args, **named)
