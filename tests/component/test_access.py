"""A component that talks TLS, and one that is an API server itself."""

import sys
from pathlib import Path

import pytest
import urllib3
import yaml

from loadstone import formats
from loadstone.component.start import start
from loadstone.errors import ComponentFailed
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from tests.component.several import component, revision, server
from tests.measure.fakes import world

# Whoever answers is believed where no authority is named, which urllib3 warns of.
pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")

SECURE = """
import http.server, ssl, sys
host, port = sys.argv[1].split(":")
folder = sys.argv[2]
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        named = dict(pair[0] for pair in self.connection.getpeercert()["subject"])
        body = (named["commonName"] + " " + str(self.headers["Authorization"])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder + "/ca.crt")
context.load_cert_chain(folder + "/web.crt", folder + "/web.key")
context.verify_mode = ssl.CERT_REQUIRED
serving = http.server.ThreadingHTTPServer((host, int(port)), Web)
serving.socket = context.wrap_socket(serving.socket, server_side=True)
serving.serve_forever()
"""
SHOWN = formats.ComponentCredentials(
    ca="${dir}/ca.crt", cert="${dir}/me.crt", key="${dir}/me.key", token="${dir}/token"
)


def secure(credentials=SHOWN, **more):
    process = server("web", "${dir}", code=SECURE, files={"token": "of-a-test\n"})
    fields = {
        **{name: getattr(process, name) for name in formats.ProcessFields.__struct_fields__},
        "component": "secure",
        "about": "",
        "role": "x",
        "revisions": formats.Revisions(),
        "command": process.command,
        "ready": formats.Ready(url="https://${web}/", timeout=more.pop("timeout", 30.0)),
        "certificates": {"web": formats.Certificate(), "me": formats.Certificate()},
        "credentials": credentials,
    }
    return formats.Component(**(fields | more))


def begin(described, workdir):
    return start(described, revision(), world.FakeCluster(), workdir=workdir)


def test_what_it_wants_to_be_shown_is_shown(tmp_path):
    with begin(secure(), tmp_path) as running:
        said = fetch(pool(running.access), running.fill("https://${web}/"), within=20)
        assert said == b"me Bearer of-a-test"
        with pytest.raises(FetchFailed):
            fetch(pool(), running.fill("https://${web}/"), within=20)


def test_without_credentials_it_is_never_ready(tmp_path):
    bare = secure(formats.ComponentCredentials(), timeout=1.0)
    with pytest.raises(ComponentFailed, match="was not ready"), begin(bare, tmp_path):
        pass


def test_one_that_is_the_api_server_is_where_its_own_api_leads(tmp_path):
    described = secure(api="https://${web}")
    with begin(described, tmp_path) as running:
        url = running.fill("https://${web}")
        assert running.access.url == running.names["api"] == url
        known = yaml.safe_load(Path(str(running.names["kubeconfig"])).read_text())
        assert known["clusters"][0]["cluster"]["server"] == url
        assert known["users"][0]["user"]["client-key"].endswith("/me.key")


def test_one_that_is_not_has_no_api_of_its_own(tmp_path):
    with begin(component(web=server("http")), tmp_path) as running:
        assert running.access.url == ""
        assert running.names["api"] == world.FakeCluster.api


def test_a_port_is_known_by_its_number_too(tmp_path):
    with begin(component(web=server("http")), tmp_path) as running:
        assert running.fill("127.0.0.1:${http_port}") == running.fill("${http}")
        assert urllib3.request("GET", running.fill("http://${http}/")).status == 200
        assert running.names["executable"] == sys.executable
