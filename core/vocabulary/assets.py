"""The state of an asset, and the nomenclatures of devices."""

from typing import Literal

AssetCondition = Literal["working", "limited", "down", "not_in_use", "retired"]


Nomenclature = Literal["", "EMDN", "GMDN"]
