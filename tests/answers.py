"""Reading the answers of the web application."""

from webtest import TestResponse


def refusal_of(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal by the API, which must be JSON of exactly the agreed shape."""
    assert response.content_type == "application/json"
    assert set(response.json) == {"error"}
    assert set(response.json["error"]) == {"code", "message"}
    assert response.json["error"]["message"].endswith(".")
    return response.status_code, str(response.json["error"]["code"])
