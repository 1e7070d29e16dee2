"""A model of any architecture."""

from typing import TypeAlias

from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet

AnyModel: TypeAlias = Model | RecurrentNet | FullyConnected
