"""Our fake of Google Cloud Storage: what we use of its JSON API, with the preconditions enforced."""

import base64
import itertools
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import google_crc32c

_MAX_SOURCES = 32
_PAGE_LENGTH = 5  # short, so that the tests turn pages


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes
    url: str


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredObject:
    name: str
    data: bytes
    generation: int
    metadata: Mapping[str, str]


@dataclass
class Upload:
    """A resumable upload on its way; nobody sees it before its last byte."""

    bucket: str
    query: Mapping[str, str]
    resource: Mapping[str, Any]
    data: bytes = b""


class Refused(Exception):
    """The request ends with this HTTP status."""


class FakeGcs(ThreadingHTTPServer):
    """Buckets in memory behind the JSON API. `refusal` answers everything; lost answers hide writes that were done."""

    request_queue_size = 64  # racing writers all connect at once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.buckets: dict[str, dict[str, StoredObject]] = {}
        self.n_answers_to_lose = 0
        self.refusal: int | None = None
        self._uploads: dict[str, Upload] = {}
        self._generations = itertools.count(1)
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Do what is asked, one request at a time."""
        with self._lock:
            try:
                if self.refusal is not None:
                    raise Refused(self.refusal)
                answer = self._route(request)
            except Refused as refused:
                return Answer(status=refused.args[0])
            if request.method == "POST" and self.n_answers_to_lose:
                self.n_answers_to_lose -= 1
                return Answer(status=503)
            return answer

    def _route(self, request: Request) -> Answer:
        for method, pattern, handle in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return handle(self, request, *map(unquote, match.groups()))
        raise Refused(501)

    def _make_bucket(self, request: Request) -> Answer:
        name = json.loads(request.body)["name"]
        self.buckets[name] = {}
        return _json_answer({"name": name})

    def _list(self, request: Request, bucket: str) -> Answer:
        prefix, token = request.query.get("prefix", ""), request.query.get("pageToken", "")
        names = sorted(name for name in self._objects(bucket) if name.startswith(prefix) and name > token)
        page = names[:_PAGE_LENGTH]
        more = {"nextPageToken": page[-1]} if len(names) > len(page) else {}
        return _json_answer({"items": [{"name": name} for name in page], **more})

    def _insert(self, request: Request, bucket: str) -> Answer:
        if request.query["uploadType"] == "multipart":
            resource, data = _parse_multipart(request)
            return self._create(bucket, request.query, resource, data)
        resource = json.loads(request.body)
        self._demand_generation(bucket, resource["name"], request.query)
        upload_id = f"upload-{next(self._generations)}"
        self._uploads[upload_id] = Upload(bucket, request.query, resource)
        return Answer(headers={"Location": f"{request.url}&upload_id={upload_id}"})

    def _continue_upload(self, request: Request, _bucket: str) -> Answer:
        upload = self._uploads[request.query["upload_id"]]
        upload.data += request.body
        if str(request.headers["Content-Range"]).endswith(f"/{len(upload.data)}"):
            return self._create(upload.bucket, upload.query, upload.resource, upload.data)
        return Answer(status=308, headers={"Range": f"bytes=0-{len(upload.data) - 1}"})

    def _compose(self, request: Request, bucket: str, name: str) -> Answer:
        body = json.loads(request.body)
        sources = body["sourceObjects"]
        if not 1 <= len(sources) <= _MAX_SOURCES:
            raise Refused(400)
        data = b"".join(self._object(bucket, source["name"]).data for source in sources)
        return self._create(bucket, request.query, {**body["destination"], "name": name}, data)

    def _resource(self, _request: Request, bucket: str, name: str) -> Answer:
        return _resource_answer(self._object(bucket, name))

    def _media(self, request: Request, bucket: str, name: str) -> Answer:
        data = self._object(bucket, name).data
        if "Range" not in request.headers:
            return Answer(data, headers={"X-Goog-Hash": f"crc32c={_crc32c(data)}"})
        first, last = map(int, str(request.headers["Range"]).removeprefix("bytes=").split("-"))
        part = data[first : last + 1]
        if not part:
            raise Refused(416)
        return Answer(part, 206, {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(data)}"})

    def _delete(self, _request: Request, bucket: str, name: str) -> Answer:
        self._object(bucket, name)
        del self.buckets[bucket][name]
        return Answer(status=204)

    def _create(self, bucket: str, query: Mapping[str, str], resource: Mapping[str, Any], data: bytes) -> Answer:
        name = resource["name"]
        self._demand_generation(bucket, name, query)
        created = StoredObject(name, data, next(self._generations), resource.get("metadata", {}))
        self.buckets[bucket][name] = created
        return _resource_answer(created)

    def _demand_generation(self, bucket: str, name: str, query: Mapping[str, str]) -> None:
        there = self._objects(bucket).get(name)
        generation = str(there.generation if there else 0)
        if query.get("ifGenerationMatch", generation) != generation:
            raise Refused(412)

    def _object(self, bucket: str, name: str) -> StoredObject:
        if name not in self._objects(bucket):
            raise Refused(404)
        return self.buckets[bucket][name]

    def _objects(self, bucket: str) -> Mapping[str, StoredObject]:
        if bucket not in self.buckets:
            raise Refused(404)
        return self.buckets[bucket]


_ROUTES = (
    ("POST", "/storage/v1/b", FakeGcs._make_bucket),
    ("GET", "/storage/v1/b/([^/]+)/o", FakeGcs._list),
    ("POST", "/upload/storage/v1/b/([^/]+)/o", FakeGcs._insert),
    ("PUT", "/upload/storage/v1/b/([^/]+)/o", FakeGcs._continue_upload),
    ("POST", "/storage/v1/b/([^/]+)/o/([^/]+)/compose", FakeGcs._compose),
    ("GET", "/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs._resource),
    ("GET", "/download/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs._media),
    ("DELETE", "/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs._delete),
)


class _Handler(BaseHTTPRequestHandler):
    server: FakeGcs
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the client's delayed acknowledgement

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.answer(
            Request(
                self.command, url.path, dict(parse_qsl(url.query)), self.headers, body, f"{self.server.url}{self.path}"
            )
        )
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _parse_multipart(request: Request) -> tuple[Mapping[str, Any], bytes]:
    boundary = b"--" + str(request.headers.get_boundary()).encode()
    _, resource, media, _ = request.body.split(boundary)
    return json.loads(_part_body(resource)), _part_body(media)


def _part_body(part: bytes) -> bytes:
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


def _resource_answer(stored: StoredObject) -> Answer:
    return _json_answer(
        {
            "name": stored.name,
            "size": str(len(stored.data)),
            "generation": str(stored.generation),
            "crc32c": _crc32c(stored.data),
            "metadata": stored.metadata,
        }
    )


def _json_answer(value: object) -> Answer:
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def _crc32c(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
