"""A controller of a few lines: it makes `data.have` of a ConfigMap equal to its `data.want`.

    python reconciling.py API ADMIN [--slow S] [--deaf] [--restless S] [--queue N]

For each it makes a Secret `out-NAME`, and removes that when the ConfigMap goes. `--deaf`: it does
nothing. `--restless`: it writes to the first ConfigMap every S seconds. `--queue`: what its page
says waits in its queue.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

SPACE = "/api/v1/namespaces/default"
HEADERS = {"User-Agent": "operator/1", "Content-Type": "application/json"}
MERGE = {**HEADERS, "Content-Type": "application/merge-patch+json"}
POOL = urllib3.PoolManager(retries=False, timeout=30)


class Admin(BaseHTTPRequestHandler):
    queue = 0

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        body = f'workqueue_depth{{name="maps"}} {self.queue}\n'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def ask(api: str, method: str, path: str, body: object = None) -> Any:
    headers = MERGE if method == "PATCH" else HEADERS
    data = None if body is None else json.dumps(body).encode()
    answer = POOL.request(method, api + path, body=data, headers=headers)
    return json.loads(answer.data or b"{}")


def reconcile(api: str, thing: dict[str, Any], slow: float) -> None:
    name, data = thing["metadata"]["name"], thing.get("data") or {}
    if "want" not in data or data.get("have") == data["want"]:
        return
    time.sleep(slow)
    meta = {"name": f"out-{name}", "labels": {"of": name}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": meta}
    ask(api, "POST", f"{SPACE}/secrets", secret)
    ask(api, "PATCH", f"{SPACE}/configmaps/{name}", {"data": {"have": data["want"]}})


def work(api: str, slow: float) -> None:
    listed = ask(api, "GET", f"{SPACE}/configmaps")
    for thing in listed["items"]:
        reconcile(api, thing, slow)
    revision = listed["metadata"]["resourceVersion"]
    path = f"{SPACE}/configmaps?watch=true&resourceVersion={revision}"
    stream = POOL.request("GET", api + path, headers=HEADERS, preload_content=False)
    rest = b""
    while data := stream.read1(65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event["type"] == "DELETED":
                ask(api, "DELETE", f"{SPACE}/secrets/out-{event['object']['metadata']['name']}")
            else:
                reconcile(api, event["object"], slow)


def restless(api: str, every: float) -> None:
    turn = 0
    while True:
        time.sleep(every)
        items = ask(api, "GET", f"{SPACE}/configmaps")["items"]
        name = next((each["metadata"]["name"] for each in items if "data" in each), None)
        if name:
            turn += 1
            note = {"metadata": {"annotations": {"turn": str(turn)}}}
            ask(api, "PATCH", f"{SPACE}/configmaps/{name}", note)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("api")
    parser.add_argument("admin")
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--restless", type=float, default=0.0)
    parser.add_argument("--queue", type=int, default=0)
    options = parser.parse_args()
    Admin.queue = options.queue
    host, _, port = options.admin.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Admin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if options.restless:
        threading.Thread(target=restless, args=(options.api, options.restless), daemon=True).start()
    if options.deaf:
        time.sleep(600)
    work(options.api, options.slow)


main()
