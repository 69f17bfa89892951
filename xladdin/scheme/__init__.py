"""The scoring scheme as checked data: what the official document says, and where."""

from xladdin.methods.item import (
    CasesItem,
    ChecklistItem,
    ExpertItem,
    Input,
    InputKind,
    InspectionItem,
    Item,
    MediaItem,
    RatingItem,
    RatioItem,
    ReferenceItem,
    TiersItem,
)
from xladdin.scheme.load import SchemeError, available_versions, load_scheme
from xladdin.scheme.model import District, Scheme
from xladdin.scheme.policies import Policies, PolicyError

__all__ = [
    "CasesItem",
    "ChecklistItem",
    "District",
    "ExpertItem",
    "Input",
    "InputKind",
    "InspectionItem",
    "Item",
    "MediaItem",
    "Policies",
    "PolicyError",
    "RatingItem",
    "RatioItem",
    "ReferenceItem",
    "Scheme",
    "SchemeError",
    "TiersItem",
    "available_versions",
    "load_scheme",
]
