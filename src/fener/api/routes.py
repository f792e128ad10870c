"""What a resource's file gives to its application."""

from collections.abc import Sequence
from typing import TypeAlias

from litestar.handlers import HTTPRouteHandler

Routes: TypeAlias = Sequence[HTTPRouteHandler]
