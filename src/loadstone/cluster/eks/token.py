"""Tokens for the API servers of EKS, as a credential plugin of kubeconfigs.

    python -m loadstone.cluster.eks.token REGION CLUSTER

A token is a signed request to STS that says who we are, in base64 (aws-iam-authenticator's form,
which EKS takes for fifteen minutes). It is made here, so that no other program has to be there.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from typing import Any

_SENT_WITHIN = 60  # s in which STS takes the request; EKS asks it at once
_LASTS = 600.0  # s until it is made anew: two thirds of what EKS takes
_API = "client.authentication.k8s.io/v1"


def main() -> None:
    """The plugin: print a token as client-go and its kin want to have it."""
    region, cluster = sys.argv[1:]
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + _LASTS))
    status = {"token": token(region, cluster), "expirationTimestamp": expires}
    sys.stdout.write(json.dumps({"apiVersion": _API, "kind": "ExecCredential", "status": status}))


def token(region: str, cluster: str) -> str:
    """A bearer token for a cluster. Raises botocore's `NoCredentialsError`."""
    import boto3
    from botocore.exceptions import NoCredentialsError
    from botocore.signers import RequestSigner

    session: Any = boto3.session.Session()
    found = session.get_credentials()
    if found is None:
        raise NoCredentialsError
    service = session.client("sts", region_name=region)
    signer = RequestSigner(
        service.meta.service_model.service_id, region, "sts", "v4", found, session.events
    )
    asked = {
        "method": "GET",
        "url": f"{_host(region)}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    signed = signer.generate_presigned_url(
        asked, region_name=region, expires_in=_SENT_WITHIN, operation_name=""
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")


def _host(region: str) -> str:
    """The region's own STS, which the cluster asks, wherever else our own calls are sent."""
    ending = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://sts.{region}.{ending}"


def user(region: str, cluster: str) -> dict[str, Any]:
    """The user of a kubeconfig who shows such tokens."""
    plugin = {
        "apiVersion": _API,
        "command": sys.executable,
        "args": ["-m", "loadstone.cluster.eks.token", region, cluster],
        "interactiveMode": "Never",
    }
    return {"exec": plugin}


if __name__ == "__main__":
    main()
