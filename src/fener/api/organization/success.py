"""What the organization API answers when there is nothing else to say."""

from msgspec import Struct


class Success(Struct):
    success: bool = True


SUCCESS_EXAMPLE = {"success": True}
