"""The refusals of SES v2, by the names and texts that AWS uses."""

from __future__ import annotations

from typing import Final

_HTTP_STATUS: Final = {
    "NotFoundException": 404,
    "UnknownOperationException": 404,
    "TooManyRequestsException": 429,
    "InternalFailure": 500,
}


class SesError(Exception):
    """An answer other than 200. ``code`` is what botocore calls the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        return _HTTP_STATUS.get(self.code, 400)


def bad_request(message: str) -> SesError:
    return SesError("BadRequestException", message)


def not_found(message: str) -> SesError:
    return SesError("NotFoundException", message)


def already_exists(message: str) -> SesError:
    return SesError("AlreadyExistsException", message)
