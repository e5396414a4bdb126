"""Errors and answers of the web interface.

Public: `ErrorResponse`, the status codes, `permhooks`.
"""

from __future__ import annotations

from typing import Any

HTTP_OK = 200
HTTP_CREATED = 201
HTTP_NOT_MODIFIED = 304
HTTP_BAD_REQUEST = 400
HTTP_UNAUTHORIZED = 401
HTTP_FORBIDDEN = 403
HTTP_NOT_FOUND = 404
HTTP_METHOD_NOT_ALLOWED = 405
HTTP_NOT_ACCEPTABLE = 406
HTTP_UNSUPPORTED_MEDIA_TYPE = 415
HTTP_SERVER_ERROR = 500

permhooks: list[Any] = []


class ErrorResponse(Exception):
    """An answer that is an error."""

    def __init__(self, code: int, message: bytes | None = None, headers: Any = None):
        self.code = code
        self.message = message
        self.headers = list(headers or [])
        super().__init__(message)
