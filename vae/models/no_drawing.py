"""Makes modules without drawing initial weights, for those whose weights are loaded next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable


class NoDrawing(TorchFunctionMode):
    """A context in which the functions of `torch.nn.init` leave their tensors as they are.

    Drawing the 49 million weights of a model would take half a second, and loading overwrites them all.
    """

    def __torch_function__(
        self, func: Callable[..., Any], _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Returns the tensor of an initialisation unchanged; calls every other function as usual."""
        kwargs = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)
