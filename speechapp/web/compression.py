"""Pages and JSON go out compressed; static files and stored objects see to themselves.

Not for whoever is logged in: the length of a compressed page tells an attacker, guess by guess, whether something put
into the address also stands elsewhere in the page (BREACH), and theirs holds the token that guards every change.
"""

from flask import Flask, Response, g
from flask_compress import Compress


def register(app: Flask) -> None:
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_REGISTER=False,
        COMPRESS_STREAMS=False,  # objects of the storage have a length, a hash and ranges, which hold for their bytes
    )
    compress = Compress(app)

    def compressed(response: Response) -> Response:
        answer: Response = response if g.get("user") else compress.after_request(response)
        return answer

    app.after_request(compressed)
