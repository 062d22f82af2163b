"""Releases and their files."""

from __future__ import annotations

from tests.fakes.github.call import Answer, Call, Refusal, page_of, route
from tests.fakes.github.state import Asset, Release

LIMIT = 125_000  # characters of the notes
FIELDS = {"tag_name": "tag", "target_commitish": "target"}


@route("GET", "/releases", "contents")
def list_releases(call: Call) -> Answer:
    """Newest first; drafts only for who may write."""
    drafts = call.token.may("contents", "write")
    shown = [
        call.bodies.release(call.repository, one)
        for _, one in sorted(call.repository.releases.items(), reverse=True)
        if drafts or not one.draft
    ]
    return page_of(call, shown)


@route("POST", "/releases", "contents")
def create_release(call: Call) -> Answer:
    """A tag has one published release at the most; drafts it may have many."""
    wanted = call.json
    same = [one for one in call.repository.releases.values() if one.tag == wanted["tag_name"]]
    if any(not one.draft for one in same) and not wanted.get("draft"):
        raise Refusal(422, "Validation Failed", errors=[{"code": "already_exists", "field": "tag"}])
    made = Release(id=call.state.next_id(), tag="")
    _change(call, made, wanted)
    call.repository.releases[made.id] = made
    return Answer(status=201, body=call.bodies.release(call.repository, made))


@route("GET", "/releases/tags/{tag}", "contents")
def release_of_tag(call: Call) -> Answer:
    """The published one; a draft is not found by its tag."""
    for one in call.repository.releases.values():
        if one.tag == call.names["tag"] and not one.draft:
            return Answer(body=call.bodies.release(call.repository, one))
    raise Refusal(404, "Not Found")


@route("GET", "/releases/{release_id}", "contents")
def get_release(call: Call) -> Answer:
    """One release."""
    return Answer(body=call.bodies.release(call.repository, _release(call)))


@route("PATCH", "/releases/{release_id}", "contents")
def edit_release(call: Call) -> Answer:
    """Words may be changed for ever; publishing an immutable one closes it."""
    release = _release(call)
    _change(call, release, call.json)
    return Answer(body=call.bodies.release(call.repository, release))


@route("GET", "/releases/{release_id}/assets", "contents")
def list_assets(call: Call) -> Answer:
    """The files."""
    return page_of(call, [call.bodies.asset(call.repository, a) for a in _release(call).assets])


@route("POST", "/releases/{release_id}/assets", "contents")
def upload(call: Call) -> Answer:
    """A new file; a name is there once."""
    release, name = _release(call), call.query["name"]
    if release.immutable:
        raise Refusal(422, "Cannot upload assets to an immutable release.")
    if any(asset.name == name for asset in release.assets):
        error = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
        raise Refusal(422, "Validation Failed", errors=[error])
    kind = call.headers.get("content-type", "application/octet-stream")
    made = Asset(id=call.state.next_id(), name=name, data=call.data, content_type=kind)
    release.assets.append(made)
    return Answer(status=201, body=call.bodies.asset(call.repository, made))


@route("GET", "/releases/assets/{asset_id}", "contents")
def get_asset(call: Call) -> Answer:
    """One file's description."""
    _, asset = _asset(call)
    return Answer(body=call.bodies.asset(call.repository, asset))


@route("DELETE", "/releases/assets/{asset_id}", "contents")
def delete_asset(call: Call) -> Answer:
    """The file is gone, except from what is immutable."""
    release, asset = _asset(call)
    if release.immutable:
        raise Refusal(422, "Cannot delete asset from an immutable release")
    release.assets.remove(asset)
    return Answer(status=204)


def _change(call: Call, release: Release, wanted: dict[str, object]) -> None:
    if len(str(wanted.get("body") or "")) > LIMIT:
        error = {"resource": "Release", "code": "custom", "field": "body"}
        message = f"body is too long (maximum is {LIMIT} characters)"
        raise Refusal(422, "Validation Failed", errors=[error | {"message": message}])
    for name in ("tag_name", "target_commitish", "name", "body", "draft", "prerelease"):
        if wanted.get(name) is not None:
            setattr(release, FIELDS.get(name, name), wanted[name])
    if not release.draft and call.repository.immutable_releases:
        release.immutable = True


def _release(call: Call) -> Release:
    release = call.repository.releases.get(call.number("release_id"))
    if release is None:
        raise Refusal(404, "Not Found")
    return release


def _asset(call: Call) -> tuple[Release, Asset]:
    for release in call.repository.releases.values():
        for asset in release.assets:
            if asset.id == call.number("asset_id"):
                return release, asset
    raise Refusal(404, "Not Found")
