"""The scoring scheme as checked data: what the official document says, and where."""

from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item, Policies
from xladdin.scheme.choosing import Stamp, choose_scheme
from xladdin.scheme.load import SchemeError, available_versions, load_scheme
from xladdin.scheme.model import District, Scheme
from xladdin.scheme.policies import PolicyError

__all__ = [
    "District",
    "Input",
    "InputKind",
    "Item",
    "Policies",
    "PolicyError",
    "Scheme",
    "SchemeError",
    "Stamp",
    "available_versions",
    "choose_scheme",
    "load_scheme",
]
