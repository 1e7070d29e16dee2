"""The one family of errors: a sentence that says what was wrong, where, and what to do."""


class CircuitSimError(ValueError):
    """Something given to circuitsim cannot be used; the message is one sentence a user can act on."""


class ModelError(CircuitSimError):
    """A model, or a file that should hold one, is malformed or unsupported."""


class InputError(CircuitSimError):
    """An input string, a length or an option does not fit the model."""


class LimitError(CircuitSimError):
    """A quantity would pass a stated limit (bits, gates, memory); raised before it is built."""


class NoPrecisionError(LimitError):
    """No number of fraction bits that may be tried decides as the exact model does."""
