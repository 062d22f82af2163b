"""Bodies: what of the state an answer shows, in the shape that GitHub's description gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tests.fakes.github.description import Description
from tests.fakes.github.state import (
    Artifact,
    Asset,
    Branch,
    Comment,
    Pull,
    Reaction,
    Release,
    Repository,
    Run,
    Status,
    User,
    stamp,
)


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """Makes bodies. `api`: where the API is, as this request reached it; `uploads`: likewise."""

    description: Description
    api: str
    html: str
    uploads: str

    def user(self, user: User) -> dict[str, Any]:
        """`simple-user`."""
        kind = "Bot" if user.bot else "User"
        values = {"login": user.login, "id": user.id, "type": kind}
        return self.description.filled("simple-user", values)

    def comment(self, repository: Repository, comment: Comment) -> dict[str, Any]:
        """`issue-comment`."""
        pull = comment.number in repository.pulls
        page = f"{self.html}/{repository.name}/{'pull' if pull else 'issues'}/{comment.number}"
        values = {
            "id": comment.id,
            "node_id": f"IC_{comment.id}",
            "url": f"{self._at(repository)}/issues/comments/{comment.id}",
            "issue_url": f"{self._at(repository)}/issues/{comment.number}",
            "html_url": f"{page}#issuecomment-{comment.id}",
            "body": comment.body,
            "user": self.user(comment.user),
            "created_at": comment.created,
            "updated_at": comment.updated,
            "author_association": "NONE",
        }
        return self.description.filled("issue-comment", values)

    def reaction(self, reaction: Reaction) -> dict[str, Any]:
        """`reaction`."""
        values = {
            "id": reaction.id,
            "user": self.user(reaction.user),
            "content": reaction.content,
            "created_at": stamp(),
        }
        return self.description.filled("reaction", values)

    def pull(self, repository: Repository, pull: Pull, schema: str) -> dict[str, Any]:
        """`pull-request`, or `pull-request-simple` in lists."""
        values = {
            "id": pull.number,
            "number": pull.number,
            "url": f"{self._at(repository)}/pulls/{pull.number}",
            "html_url": f"{self.html}/{repository.name}/pull/{pull.number}",
            "state": pull.state,
            "locked": pull.locked,
            "title": pull.title,
            "user": self.user(pull.user),
            "draft": pull.draft,
            "labels": [{"id": n, "name": name} for n, name in enumerate(pull.labels)],
            "head": self._branch(pull.head),
            "base": self._branch(pull.base),
            "author_association": "CONTRIBUTOR",
            "merged": False,
            "comments": len(repository.comments_of(pull.number)),
            "changed_files": len(pull.files),
        }
        return self.description.filled(schema, values)

    def _branch(self, branch: Branch) -> dict[str, Any]:
        owner = (branch.repository or "ghost/gone").split("/")[0]
        repo: dict[str, Any] | None = None
        if branch.repository is not None:
            name = branch.repository.split("/")[1]
            values = {
                "name": name,
                "full_name": branch.repository,
                "owner": self.user(User(login=owner, id=1)),
                "default_branch": "main",
                "private": False,
            }
            repo = self.description.filled("repository", values)
        return {
            "label": f"{owner}:{branch.ref}",
            "ref": branch.ref,
            "sha": branch.sha,
            "user": self.user(User(login=owner, id=1)),
            "repo": repo,
        }

    def file(self, name: str) -> dict[str, Any]:
        """`diff-entry`."""
        old, _, new = name.rpartition(" → ")
        values = {"filename": new, "status": "renamed" if old else "modified", "sha": "f" * 40}
        values |= {"previous_filename": old} if old else {}
        return self.description.filled("diff-entry", values)

    def repository(self, repository: Repository) -> dict[str, Any]:
        """`full-repository`."""
        owner, name = repository.name.split("/")
        values = {
            "id": repository.id,
            "name": name,
            "full_name": repository.name,
            "owner": self.user(User(login=owner, id=1)),
            "private": repository.private,
            "default_branch": repository.default_branch,
            "url": self._at(repository),
        }
        return self.description.filled("full-repository", values)

    def comparison(
        self,
        repository: Repository,
        base: str,
        head: str,
        merge_base: str,
        ahead: int,
        behind: int,
        commits: Sequence[tuple[str, str, str]] = (),
        files: Sequence[str] = (),
    ) -> dict[str, Any]:
        """`commit-comparison`, with the commits between that the fake was told."""
        values = {
            "url": f"{self._at(repository)}/compare/{base}...{head}",
            "base_commit": self._commit(repository, base),
            "merge_base_commit": self._commit(repository, merge_base),
            "status": "diverged" if behind and ahead else "ahead" if ahead else "identical",
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": ahead,
            "commits": [self._between(repository, *each) for each in commits],
            "files": [self.file(each) for each in files],
        }
        return self.description.filled("commit-comparison", values)

    def _commit(self, repository: Repository, sha: str) -> dict[str, Any]:
        return {"sha": sha, "url": f"{self._at(repository)}/commits/{sha}"}

    def _between(
        self, repository: Repository, sha: str, parent: str, message: str
    ) -> dict[str, Any]:
        values = {
            **self._commit(repository, sha),
            "commit": {"message": message, "url": f"{self._at(repository)}/git/commits/{sha}"},
            "parents": [self._commit(repository, parent)],
        }
        return self.description.filled("commit", values)

    def status(self, repository: Repository, status: Status) -> dict[str, Any]:
        """`status`."""
        values = {
            "id": status.id,
            "url": f"{self._at(repository)}/statuses/{status.sha}",
            "state": status.state,
            "context": status.context,
            "description": status.description,
            "target_url": status.target_url,
            "creator": self.user(status.user),
        }
        return self.description.filled("status", values)

    def run(self, repository: Repository, run: Run) -> dict[str, Any]:
        """`workflow-run`."""
        place = f"{self._at(repository)}/actions/runs/{run.id}"
        values = {
            "id": run.id,
            "url": place,
            "artifacts_url": f"{place}/artifacts",
            "cancel_url": f"{place}/cancel",
            "html_url": f"{self.html}/{repository.name}/actions/runs/{run.id}",
            "path": f".github/workflows/{run.workflow}",
            "event": run.event,
            "status": run.status,
            "conclusion": run.conclusion,
            "head_sha": run.head_sha,
            "head_branch": run.head_branch,
            "run_attempt": run.attempt,
            "created_at": run.created,
            "display_title": run.title,
            "pull_requests": [{"number": number} for number in run.pulls],
            "head_repository": {"full_name": run.head_repository or repository.name},
            "repository": {"full_name": repository.name},
        }
        return self.description.filled("workflow-run", values)

    def artifact(self, repository: Repository, artifact: Artifact) -> dict[str, Any]:
        """`artifact`."""
        place = f"{self._at(repository)}/actions/artifacts/{artifact.id}"
        values = {
            "id": artifact.id,
            "name": artifact.name,
            "size_in_bytes": len(artifact.data) if artifact.size is None else artifact.size,
            "url": place,
            "archive_download_url": f"{place}/zip",
            "expired": artifact.expired,
            "created_at": stamp(),
            "expires_at": stamp(),
            "updated_at": stamp(),
            "workflow_run": {"id": artifact.run},
        }
        return self.description.filled("artifact", values)

    def release(self, repository: Repository, release: Release) -> dict[str, Any]:
        """`release`."""
        place = f"{self._at(repository)}/releases/{release.id}"
        uploads = f"{self.uploads}/repos/{repository.name}/releases/{release.id}/assets"
        values = {
            "id": release.id,
            "url": place,
            "assets_url": f"{place}/assets",
            "upload_url": f"{uploads}{{?name,label}}",
            "html_url": f"{self.html}/{repository.name}/releases/tag/{release.tag}",
            "tag_name": release.tag,
            "target_commitish": release.target,
            "name": release.name,
            "body": release.body,
            "draft": release.draft,
            "prerelease": release.prerelease,
            "immutable": release.immutable,
            "author": self.user(User(login="github-actions[bot]", id=1)),
            "assets": [self.asset(repository, asset) for asset in release.assets],
            "published_at": None if release.draft else stamp(),
        }
        return self.description.filled("release", values)

    def asset(self, repository: Repository, asset: Asset) -> dict[str, Any]:
        """`release-asset`."""
        values = {
            "id": asset.id,
            "url": f"{self._at(repository)}/releases/assets/{asset.id}",
            "name": asset.name,
            "content_type": asset.content_type,
            "digest": f"sha256:{sha256(asset.data).hexdigest()}",
            "size": len(asset.data),
            "state": "uploaded",
        }
        return self.description.filled("release-asset", values)

    def _at(self, repository: Repository) -> str:
        return f"{self.api}/repos/{repository.name}"
