"""Failures of S3 in words, each with the step that mends it. Pure."""

from __future__ import annotations

from loadstone.errors import LoadstoneError, UsageError

_STEPS = {
    "NoSuchBucket": "make the bucket, or name another: s3:BUCKET/PREFIX",
    "AccessDenied": "allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and "
    "s3:DeleteObject on its objects",
    "403": "allow s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject",
    "InvalidAccessKeyId": "see that the credentials are of this account: `aws sts "
    "get-caller-identity`",
    "SignatureDoesNotMatch": "see that the secret key belongs to the access key",
    "ExpiredToken": "log in again; in a workflow, just before the run",
    "PermanentRedirect": "name the bucket's region in AWS_REGION",
    "AuthorizationHeaderMalformed": "name the bucket's region in AWS_REGION",
    "NotImplemented": "this server does not know conditional writes; take another",
    "NoCredentialsError": "give boto3 credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a "
    "profile in AWS_PROFILE, or a role of the machine; in a workflow, "
    "aws-actions/configure-aws-credentials before the run",
    "PartialCredentialsError": "give boto3 both parts of the credentials",
    "ProfileNotFound": "see AWS_PROFILE and `aws configure list-profiles`",
    "EndpointConnectionError": "see AWS_ENDPOINT_URL, AWS_REGION and the network, and try again",
}
_OTHER = "see the settings of boto3 (AWS_*), and try again"
_USES = {"NoSuchBucket", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}


def code(error: Exception) -> str:
    """The code of a failure: that of the server's answer, else the name of boto3's own."""
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return type(error).__name__
    return str(answer.get("Error", {}).get("Code", "") or _status(answer))


def _status(answer: dict[str, dict[str, object]]) -> str:
    return str(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


def explained(error: Exception, verb: str, where: str) -> LoadstoneError:
    """The failure to `verb` a place, as a user can read it."""
    found = code(error)
    answer = getattr(error, "response", None)
    said = answer.get("Error", {}).get("Message", "") if isinstance(answer, dict) else str(error)
    plain = "".join(sign if sign.isprintable() else " " for sign in f"{said}")[:300].strip()
    kind = UsageError if found in _USES else LoadstoneError
    return kind(
        f"S3 does not {verb} {where}: {plain or found} ({found})",
        next_step=_STEPS.get(found, _OTHER),
    )
