"""A server on loopback that answers as the Hugging Face hub does, as far as inspecting and loading a model asks."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class HubServer:
    """Serves the files of a folder as the repository `example/tiny`; any other repository is not there."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._answer(with_body=False)

            def do_GET(self) -> None:
                self._answer(with_body=True)

            def log_message(self, *_: object) -> None:
                pass

            def _answer(self, with_body: bool) -> None:
                path = self.path.split("?")[0]
                server.asked.append(f"{self.command} {path}")
                if path.startswith("/api/models/example/tiny"):
                    files = [{"rfilename": each.name} for each in sorted(folder.iterdir())]
                    record = {"id": "example/tiny", "sha": COMMIT, "siblings": files, "cardData": {"license": "mit"}}
                    self._send(200, json.dumps(record).encode(), with_body)
                    return
                file = folder / Path(path).name
                if path == f"/example/tiny/resolve/{COMMIT}/{file.name}" and file.is_file():
                    content = file.read_bytes()
                    etag = hashlib.sha256(content).hexdigest()
                    self._send(200, content, with_body, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})
                    return
                self._send(404, b"{}", with_body, {"X-Error-Code": "RepoNotFound"})

            def _send(self, status: int, body: bytes, with_body: bool, more: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **(more or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
