#!/usr/bin/env python3
"""A small operator as kopf's users write it: of every Website it makes a ConfigMap.

With a flag it has a defect that operators have had.
"""

import argparse
import hashlib

import kopf
import kubernetes

parser = argparse.ArgumentParser()
parser.add_argument("--health", required=True, help="URL at which it says that it lives")
parser.add_argument("--extra-call", action="store_true", help="ask for the namespace each time")
parser.add_argument("--make-key", action="store_true", help="derive a key each time")
parser.add_argument("--miss-cache", action="store_true", help="list all ConfigMaps each time")
parser.add_argument("--requeue", action="store_true", help="come back to every Website every 0.2 s")
parser.add_argument("--expire-watch", action="store_true", help="watches that end every 2 s")
options = parser.parse_args()


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_: object) -> None:
    kubernetes.config.load_kube_config()
    settings.posting.enabled = False
    settings.execution.max_workers = 4
    if options.expire_watch:
        settings.watching.server_timeout = 2


@kopf.on.create("websites.example.com")
@kopf.on.update("websites.example.com")
def reconcile(
    name: str, namespace: str, spec: kopf.Spec, meta: kopf.Meta, patch: kopf.Patch, **_: object
) -> None:
    core = kubernetes.client.CoreV1Api()
    if options.extra_call:
        core.read_namespace(namespace)
    if options.make_key:
        hashlib.pbkdf2_hmac("sha256", b"secret", name.encode(), 200_000)
    if options.miss_cache:
        core.list_namespaced_config_map(namespace)
    page = {"metadata": {"name": name}, "data": {"text": spec["text"]}}
    kopf.adopt(page)
    try:
        core.create_namespaced_config_map(namespace, page)
    except kubernetes.client.ApiException as error:
        if error.status != 409:
            raise
        core.patch_namespaced_config_map(name, namespace, page)
    ready = {"type": "Ready", "status": "True", "observedGeneration": meta["generation"]}
    patch.status["conditions"] = [ready]


if options.requeue:

    @kopf.timer("websites.example.com", interval=0.2)
    def again(name: str, namespace: str, **_: object) -> None:
        kubernetes.client.CoreV1Api().read_namespaced_config_map(name, namespace)


if __name__ == "__main__":
    kopf.run(standalone=True, namespaces=["default"], liveness_endpoint=options.health)
