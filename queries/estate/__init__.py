"""The estate of the whole fleet, for the doctor: every place side by side, every part by itself. Reads only."""

from __future__ import annotations

from queries.estate.estate import read

__all__ = ["read"]
