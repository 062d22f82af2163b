"""A network of a component's own: what leads in and out of it, and that it goes."""

import contextlib
import socket
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import urllib3

from loadstone.component import network_relay
from loadstone.component.own_network import hindrance, own_network
from loadstone.component.start import start
from loadstone.errors import ComponentFailed, UsageError
from loadstone.formats import NetworkAnswers
from loadstone.system import network_namespace
from tests.component.several import component, revision, server
from tests.measure.fakes import world
from tests.measure.fakes.website import website

pytestmark = pytest.mark.skipif(hindrance() != "", reason=f"no network namespace: {hindrance()}")

# Asks the API server at its second argument, says what that said, and who listens on which address.
ASKING = """
import http.server, sys, urllib.request
host, port = sys.argv[1].split(":")
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = urllib.request.urlopen(sys.argv[2]).read() if self.path == "/ask" else b"here"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(port)), Web).serve_forever()
"""


class Cluster(world.FakeCluster):
    def __init__(self, api):
        super().__init__()
        self.api = api


def apart(**processes):
    described = component(**processes)
    fields = {name: getattr(described, name) for name in described.__struct_fields__}
    return type(described)(**{**fields, "network": "own"})


def test_an_address_leads_to_the_same_program_from_both_sides(tmp_path):
    with website(lambda *_: (200, {}, b"the API")) as address:
        described = apart(web=server("http", "${api}", code=ASKING))
        cluster = Cluster(f"http://{address}")
        with start(described, revision(), cluster, workdir=tmp_path) as running:
            assert urllib3.request("GET", running.fill("http://${http}/")).data == b"here"
            assert urllib3.request("GET", running.fill("http://${http}/ask")).data == b"the API"
            (web,) = running.processes
            inside = Path(f"/proc/{web.pid}/ns/net").readlink()
            assert inside != Path("/proc/self/ns/net").readlink()
            assert Path(running.network).readlink() == inside
    assert not psutil.pid_exists(web.pid)
    assert not Path(running.network).exists()


def test_processes_of_one_component_share_it(tmp_path):
    code = ASKING.replace('"0.0.0.0"', "host")
    described = apart(
        web=server("http", "http://${admin}/", code=code), side=server("admin", code=code)
    )
    with start(described, revision(), Cluster("http://127.0.0.1:9"), workdir=tmp_path) as running:
        assert urllib3.request("GET", running.fill("http://${http}/ask")).data == b"here"


def test_much_passes_in_both_directions(tmp_path):
    body = b"x" * (8 << 20)
    with website(lambda *_: (200, {}, body)) as address:
        described = apart(web=server("http", "${api}", code=ASKING))
        cluster = Cluster(f"http://{address}")
        with start(described, revision(), cluster, workdir=tmp_path) as running:
            assert urllib3.request("GET", running.fill("http://${http}/ask")).data == body


def test_what_is_not_of_its_ports_cannot_be_reached_from_inside(tmp_path):
    with website(lambda *_: (200, {}, b"ours")) as address:
        described = apart(web=server("http", f"http://{address}/", code=ASKING))
        cluster = Cluster("http://127.0.0.1:9")
        with (
            start(described, revision(), cluster, workdir=tmp_path) as running,
            pytest.raises(urllib3.exceptions.HTTPError),
        ):
            urllib3.request("GET", running.fill("http://${http}/ask"), retries=False)


def test_every_address_of_a_network_answers_in_there_and_says_which_it_is(tmp_path):
    answers = NetworkAnswers(network="10.0.0.0/8", ports=[8080, 8081])
    said: list[tuple[int, str]] = []
    refused: list[str] = []

    def ask():
        network_namespace.enter_file(str(network.file))  # for this thread alone
        for address in ("10.1.2.3:8080", "10.255.0.9:8081"):
            answer = urllib3.request("GET", f"http://{address}/", retries=False)
            said.append((answer.status, answer.headers["x-upstream"]))
        try:
            urllib3.request("GET", "http://10.1.2.3:8082/", retries=False)
        except urllib3.exceptions.HTTPError as error:
            refused.append(str(error))

    with own_network({}, "", directory=tmp_path, answers=answers) as network:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert said == [(200, "10.1.2.3:8080"), (200, "10.255.0.9:8081")]
    assert "refused" in refused[0]


def test_an_api_server_on_another_machine_is_refused_with_a_way_out(tmp_path):
    with (
        pytest.raises(UsageError, match=r"cannot reach the API server at https://192\.0\.2\.1"),
        own_network({}, "https://192.0.2.1:6443", directory=tmp_path),
    ):
        pass


def test_a_port_that_was_taken_is_seen_in_its_log(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(ComponentFailed, match="in use"),
            own_network({"http": address}, "", directory=tmp_path),
        ):
            pass
    assert "in use" in (tmp_path / "network.log").read_text().lower()


def relays():
    """The relays that this process has started; another child may end while it is looked at."""
    for each in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie's, too
            if network_relay.__name__ in each.cmdline():
                yield each


def test_one_that_dies_takes_nothing_of_ours_with_it(tmp_path):
    with own_network({}, "", directory=tmp_path) as network:
        (relay,) = relays()
        entered = network.entering([sys.executable, "-c", "print('in')"])
        assert entered[0] == "nsenter"
        relay.kill()
        deadline = time.monotonic() + 20
        while relay.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.02)
        assert relay.status() == psutil.STATUS_ZOMBIE
    assert not psutil.pid_exists(relay.pid)


def test_a_component_that_is_cut_off_is_reached_again_afterwards(tmp_path):
    with website(lambda *_: (200, {}, b"the API")) as address:
        described = apart(web=server("http", "${api}", code=ASKING))
        cluster = Cluster(f"http://{address}")
        with start(described, revision(), cluster, workdir=tmp_path) as running:
            url = running.fill("http://${http}/ask")
            running.sever(severed=True)
            with pytest.raises(urllib3.exceptions.HTTPError):
                urllib3.request("GET", url, timeout=0.5, retries=False)
            running.sever(severed=False)
            assert urllib3.request("GET", url).data == b"the API"


def test_a_process_is_started_again_in_the_same_network(tmp_path):
    with website(lambda *_: (200, {}, b"the API")) as address:
        described = apart(web=server("http", "${api}", code=ASKING))
        cluster = Cluster(f"http://{address}")
        with start(described, revision(), cluster, workdir=tmp_path) as running:
            (web,) = running.processes
            seen: list[int] = []
            running.halt(web.name, kill=False, seen=seen.append)
            assert seen == [web.pid]
            assert running.ended() is None  # since we ended it
            running.start_again(web.name)
            (again,) = running.processes
            assert again.pid != web.pid
            assert urllib3.request("GET", running.fill("http://${http}/ask")).data == b"the API"
        assert not psutil.pid_exists(again.pid)
