"""What a theorem says: which model or circuit, read how, decides as which specification, at which lengths."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from circuitsim.bases import BASES, DEFAULT, BasisName
from circuitsim.certificates.claim import OWN, Claim, Rejected
from circuitsim.certificates.question import (
    Question,
    about_decisions,
    about_specification,
    check_accept,
    check_asked,
    check_letters,
)
from circuitsim.compilers.family import AUTO, Family
from circuitsim.compilers.residual import Positions
from circuitsim.errors import InputError
from circuitsim.models.expressions import bits_at, expression
from circuitsim.models.model import ATTENTIONS, Attention
from circuitsim.models.sized import Sized
from circuitsim.netlist.circuit import Circuit
from circuitsim.schematic.schematic import OPTIMIZE, Optimize, Schematic
from circuitsim.specifications.specification import Specification
from circuitsim.specifications.table import specification

LONGEST = 1 << 16  # letters
NUMBERS = ("n", "up_to", "accept")
WORDS = {"basis": tuple(BASES), "optimize": OPTIMIZE, "attention": ATTENTIONS}


@dataclass(frozen=True)
class Theorem:
    """A theorem about a model, or about the circuit of a file.

    Args:
        specification: its name; or itself, such as what another model decides. Of one of one's own there are no
            certificates.
        n: the length; None for every length, or all up to `up_to`.
        accept: the decision that stands for 1; None where decisions are those of the specification.
        bits: fraction bits of the integer model, as an expression; None for the model's own.
        exact: it is about the exact model, at every length. basis, optimize: of the circuit at one length.
        attention, gap_bits, weight_bits: in the model's place; None for the model's own.
    """

    specification: str | Specification
    n: int | None = None
    up_to: int | None = None
    accept: int | None = None
    bits: str | None = None
    exact: bool = False
    basis: BasisName = DEFAULT
    optimize: Optimize = "depth"
    attention: Attention | None = None
    gap_bits: str | None = None
    weight_bits: str | None = None

    @property
    def asked(self) -> Specification:
        """The specification itself."""
        given = self.specification
        return specification(given) if isinstance(given, str) else given

    @property
    def named(self) -> str:
        """The name of the specification."""
        return self.asked.name

    @property
    def certified(self) -> bool:
        """Whether a certificate can say what its specification is."""
        return isinstance(self.specification, str) or self.specification.model is not None

    @property
    def of_other(self) -> "Theorem":
        """The same of the model that is the specification, which is read with options of its own."""
        own: dict[str, Any] = dict.fromkeys(
            ("accept", "bits", "attention", "gap_bits", "weight_bits")
        )
        return replace(self, specification=replace(self.asked, model=None), **own)

    def read(self, model: Any) -> Any:
        """The model that it is about, of the model that is given."""
        if isinstance(model, Circuit):
            return model
        if self.attention is not None:
            model = model.with_attention(self.attention)
        if self.gap_bits is not None or self.weight_bits is not None:
            model = model.with_softmax(self.gap_bits, self.weight_bits)
        return model

    def claim(self, model: Any) -> Claim:
        """What it says of a model at every length, or at all up to one.

        Raises:
            InputError: the model or its fraction bits change with n, and the lengths have no end.
        """
        if isinstance(model, Circuit):
            raise InputError(
                "a circuit has one length; give a model for a theorem of every length."
            )
        if self.up_to is None and isinstance(model, Sized):
            always = model.always()
            if always is None:
                raise InputError(
                    f"{model.name} is another model at other lengths: give --up-to N, or one length by -n N."
                )
            model = replace(always, name=model.name)
        self._check_model(model)
        if self.asked.model is not None:
            other = self.of_other.claim(self.asked.model)
            alone = replace(self, specification=other.specification).claim(model)
            return replace(alone, other=other)
        if self.exact:
            return Claim(model, self.asked, None, self.accept)
        if self.up_to is not None:
            growing = OWN if self.bits is None else self.bits
            return Claim(model, self.asked, None, self.accept, growing)
        own = model.bits if self.bits is None else self.bits
        if "n" in expression(own).names:
            raise InputError(
                f"{model.name} has {own} fraction bits, which change with n: give --up-to N, or --bits B, or --exact."
            )
        return Claim(model, self.asked, bits_at(own, 1), self.accept)

    def _check_model(self, model: Any) -> None:
        """Refuse other letters, and decisions that there are not."""
        own = model.at(self.up_to or 1)
        check_letters(own.format, self.asked)
        rows = len(own.readout.weights)
        check_accept(self.accept, 2 if rows == 1 else rows)

    def schematic(self, model: Any) -> Schematic:
        """The circuit at its length, with positions folded."""
        assert self.n is not None
        folded: Positions | None = None if BASES[self.basis].exact else "folded"
        return Family(model, self.basis, self.bits, self.optimize, folded)(self.n)

    def circuit(self, model: Any, max_gates: int) -> Circuit:
        """The circuit at its length; of a circuit itself.

        Raises:
            InputError: the circuit has another length.
            LimitError: there would be more than `max_gates` gates.
        """
        if not isinstance(model, Circuit):
            return self.schematic(model).flatten(max_gates)
        if (n := model.interface.get("n")) != self.n:
            raise InputError(f"the circuit is of n = {n}, not {self.n}.")
        return model

    def question(self, circuit: Circuit, other: Circuit | None = None) -> Question:
        """Where a circuit is wrong, beside that of the model that is the specification, if one is."""
        check_asked(circuit, self.asked, self.accept)
        if other is not None:
            return about_decisions(circuit, other, self.accept)
        return about_specification(circuit, self.asked, self.accept)

    def document(self) -> dict[str, Any]:
        """It as JSON."""
        return asdict(replace(self, specification=self.named))


def theorem_of(document: Any) -> Theorem:
    """The theorem that a certificate is of.

    Raises:
        Rejected: it says none.
    """
    names = {field.name for field in fields(Theorem)}
    if not isinstance(document, dict) or set(document) != names:
        raise Rejected("it says no theorem")
    kinds = {"specification": str, "exact": bool, "basis": str, "optimize": str}
    for name, value in document.items():
        kind = kinds.get(name, int if name in NUMBERS else str)
        if type(value) is not kind and not (value is None and name not in kinds):
            raise Rejected(f"{name} of its theorem is {value!r:.40}")
        if value is not None and name in WORDS and value not in WORDS[name]:
            raise Rejected(f"{name} of its theorem is {value!r:.40}")
        if name in ("n", "up_to") and isinstance(value, int) and not 0 < value <= LONGEST:
            raise Rejected(f"{name} of its theorem is {value}, which is no length")
    if document["bits"] == AUTO:
        raise Rejected("bits of its theorem are those that trials find, and not a number")
    return Theorem(**document)
