"""The provider `eks` against moto, with an embedded API server behind its clusters."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from moto.eks.models import eks_backends

from loadstone.cluster.eks.eks_provider import EksProvider
from loadstone.cluster.eks.journal import Journal
from loadstone.cluster.eks.leftovers import find
from loadstone.cluster.eks.made_cluster import Pace
from loadstone.cluster.eks.tags import EXPIRES, RUN
from loadstone.cluster.provider import provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import ClusterFailed, UsageError
from loadstone.formats.configuration import EksSettings
from loadstone.protocols import Resettable, SharedCluster
from tests.cluster.eks.amazon import ACCOUNT, REGION, Amazon, KilledError, amazon

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROLE = f"arn:aws:iam::{ACCOUNT}:role/of-a-test"
FOREIGN = "somebody-elses"
POLICY = Path(__file__).parents[3] / "docs/reference/eks-policy.json"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Amazon]:
    folder = tmp_path_factory.mktemp("api")
    with provider("memory").provision(workdir=folder) as cluster, amazon(cluster.api) as made:
        yield made


@pytest.fixture(autouse=True)
def as_new(there: Amazon) -> Iterator[None]:
    """No failures, and somebody else's cluster with everything beside it as ours have it."""
    there.wrong = lambda *_: None
    aws = there.aws()
    roles = {"roleArn": ROLE, "version": "1.34"}
    network = {"subnetIds": there.subnets()}
    aws.eks.create_cluster(name=FOREIGN, resourcesVpcConfig=network, **roles, tags={})
    there.asked.clear()
    yield
    there.wrong = lambda *_: None
    assert find(aws) == []
    aws.eks.delete_cluster(name=FOREIGN)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def settings(there: Amazon, **changed: Any) -> EksSettings:
    usual = EksSettings(
        region=REGION,
        node_role=ROLE,
        cluster_role=ROLE,
        subnets=there.subnets(),
        instance="m6i.large",
        node_price=0.1,
        version="1.34",
        cap=5.0,
    )
    return msgspec.structs.replace(usual, **changed)


def pace() -> Pace:
    """Time that passes by sleeping alone."""
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    return Pace(sleep=sleep, clock=lambda: passed[0], pause=0)


def made(there: Amazon, journal: Journal, *, now: float | None = None, **changed: Any) -> Any:
    return EksProvider(
        options=ProviderOptions(eks=settings(there, **changed), labels={"loadstone:job": "7"}),
        aws=there.aws,
        journal=journal,
        pace=pace(),
        now=time.time if now is None else lambda: now,
    )


def test_a_session_has_a_cluster_with_nodes_and_nothing_is_left(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    eks = made(there, journal)
    with eks.provision(workdir=tmp_path / "run") as cluster:
        assert cluster.provider == "eks"
        assert cluster.alive()
        assert isinstance(cluster, SharedCluster)
        assert isinstance(cluster, Resettable)
        cluster.reset()
        found = find(there.aws())
        assert [each.kind for each in found] == ["node group", "cluster", "launch template"]
        for each in found:
            assert each.tags[RUN] in each.name or each.kind == "launch template"
            assert float(each.tags[EXPIRES]) > time.time()
            assert each.tags["loadstone:job"] == "7"
    assert find(there.aws()) == []
    assert list(journal.ended(REGION)) == []
    assert [each.name for each in there.left() if each.kind == "cluster"] == []


def test_what_eks_is_asked_costs_the_least_and_lets_no_pod_be_a_node(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    sent: dict[str, Any] = {}
    services = (there.aws().eks, there.aws().ec2)

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        sent[model.name] = params

    for service in services:
        service.meta.events.register("provide-client-params.*.*", note)
    with made(there, journal).provision(workdir=tmp_path):
        pass
    for service in services:
        service.meta.events.unregister("provide-client-params.*.*", note)
    assert sent["CreateCluster"]["upgradePolicy"] == {"supportType": "STANDARD"}
    assert sent["CreateNodegroup"]["capacityType"] == "ON_DEMAND"
    assert sent["CreateNodegroup"]["scalingConfig"] == {
        "minSize": 2,
        "maxSize": 2,
        "desiredSize": 2,
    }
    template = sent["CreateLaunchTemplate"]["LaunchTemplateData"]
    assert template["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    for each in template["TagSpecifications"]:
        assert {tag["Key"] for tag in each["Tags"]} >= {RUN, EXPIRES}


def test_the_policy_of_the_page_allows_all_that_is_asked(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = {*requests_of_a_session(there, journal, tmp_path)}
    made(there, journal).problems()
    statements = json.loads(POLICY.read_text())["Statement"]
    actions = [each["Action"] for each in statements]
    allowed = {name for each in actions for name in ([each] if isinstance(each, str) else each)}
    assert {*asked, *there.asked} - allowed == {"sts:GetCallerIdentity"}  # which nobody is denied


def test_a_cluster_that_is_there_gets_nodes_and_stays(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    eks_backends[ACCOUNT][REGION].clusters[FOREIGN].endpoint = there.endpoint
    eks = made(there, journal, cluster=FOREIGN, cluster_role=msgspec.UNSET, version=msgspec.UNSET)
    with eks.provision(workdir=tmp_path) as cluster:
        assert cluster.alive()
        assert [each.cluster for each in find(there.aws())] == [FOREIGN, ""]
    assert there.aws().eks.describe_cluster(name=FOREIGN)["cluster"]["name"] == FOREIGN


def requests_of_a_session(there: Amazon, journal: Journal, workdir: Path) -> list[str]:
    there.asked.clear()
    with made(there, journal).provision(workdir=workdir):
        pass
    return list(there.asked)


def test_each_request_may_fail_once_and_the_sweep_leaves_nothing(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = requests_of_a_session(there, journal, tmp_path / "0")
    assert set(asked) >= CREATING
    for number, name in enumerate(asked, start=1):
        there.asked.clear()

        def fail(count: int, operation: str, number: int = number, name: str = name) -> None:
            if count == number:
                assert operation == name
                raise ClientError({"Error": {"Code": "Boom", "Message": "once"}}, operation)

        there.wrong = fail
        with (
            pytest.raises((ClusterFailed, UsageError), match="Boom"),
            made(there, journal).provision(workdir=tmp_path / str(number)),
        ):
            pass
        there.wrong = lambda *_: None
        late = time.time() + 4 * 3600
        made(there, journal, now=late).sweep()
        assert find(there.aws()) == [], f"after request {number}, {name}"


CREATING = {"ec2:CreateLaunchTemplate", "eks:CreateCluster", "eks:CreateNodegroup"}


@pytest.fixture
def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadstone.cluster.eks.journal.processes.owner", lambda: "999999999:1")


def killed_after(there: Amazon, journal: Journal, workdir: Path, number: int) -> None:
    there.asked.clear()

    def kill(count: int, _: str) -> None:
        if count > number:
            raise KilledError

    there.wrong = kill
    with pytest.raises(KilledError), made(there, journal).provision(workdir=workdir):
        raise KilledError
    there.wrong = lambda *_: None


@pytest.mark.usefixtures("another_process")
def test_a_session_killed_after_any_request_is_swept_on_its_machine_at_once(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = requests_of_a_session(there, journal, tmp_path / "0")
    for number in range(1, len(asked) + 1):
        killed_after(there, journal, tmp_path / str(number), number)
        made(there, journal).sweep()
        assert find(there.aws()) == [], f"after request {number}"
        assert list(journal.ended(REGION)) == []


@pytest.mark.usefixtures("another_process")
def test_a_session_killed_elsewhere_is_swept_when_its_hours_are_over(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    elsewhere = Journal(tmp_path / "elsewhere")
    asked = requests_of_a_session(there, journal, tmp_path / "0")
    for number in [at for at, name in enumerate(asked, start=1) if name in CREATING]:
        killed_after(there, elsewhere, tmp_path / str(number), number)
        assert made(there, journal).sweep() == []
        assert find(there.aws())
        made(there, journal, now=time.time() + 4 * 3600).sweep()
        assert find(there.aws()) == [], f"after request {number}"


def test_what_kubernetes_made_for_a_cluster_of_ours_goes_with_it(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    ec2 = there.aws().ec2
    ours = [{"Key": "kubernetes.io/cluster/loadstone-0123456789", "Value": "owned"}]
    others = [{"Key": "kubernetes.io/cluster/loadstone-of-others", "Value": "owned"}]
    said = {"AvailabilityZone": f"{REGION}a", "Size": 1}
    kept = ec2.create_volume(
        **said, TagSpecifications=[{"ResourceType": "volume", "Tags": others}]
    )["VolumeId"]
    ec2.create_volume(**said, TagSpecifications=[{"ResourceType": "volume", "Tags": ours}])
    group = ec2.create_security_group(
        GroupName="of-a-service",
        Description="of a service",
        TagSpecifications=[{"ResourceType": "security-group", "Tags": ours}],
    )["GroupId"]
    balancers = there.aws().balancers
    balancers.create_load_balancer(Name="of-a-service", Subnets=there.subnets(), Tags=ours)
    there.aws().logs.create_log_group(logGroupName="/aws/eks/loadstone-0123456789/cluster")
    removed = made(there, journal).sweep()
    assert [each.split()[0] for each in removed] == ["load", "security", "volume", "log"]
    assert group in removed[1]
    (volume,) = ec2.describe_volumes()["Volumes"]
    assert volume["VolumeId"] == kept
    ec2.delete_volume(VolumeId=kept)


def test_a_session_that_could_cost_more_than_its_cap_does_not_start(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    eks = made(there, journal, cap=0.5)
    with pytest.raises(UsageError, match=r"may cost \$0.90, and `eks.cap` is \$0.50"):
        eks.provision(workdir=tmp_path).__enter__()
    assert there.asked == []
    assert "0.90" in eks.problems()[0].what


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"instance": "t3.large"}, "burstable"),
        ({"instance": "zz.large"}, "do not exist"),
        ({"subnets": ["subnet-0123"]}, "subnet-0123"),
    ],
)
def test_what_would_not_work_is_said_before_anything_is_made(
    there: Amazon, journal: Journal, changed: dict[str, Any], said: str
) -> None:
    found = [each.what for each in made(there, journal, **changed).problems()]
    assert bool(found) == bool(said)
    assert all(said in each for each in found)


def test_subnets_of_one_zone_are_a_problem(there: Amazon, journal: Journal) -> None:
    (problem,) = made(there, journal, subnets=there.subnets(1)).problems()
    assert "two zones" in problem.what


def test_a_node_group_that_does_not_come_up_says_what_eks_says_of_it(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    def fails(_: int, operation: str) -> None:
        if operation == "eks:DescribeNodegroup":
            for cluster in eks_backends[ACCOUNT][REGION].clusters.values():
                for group in cluster.nodegroups.values():
                    group.status = "CREATE_FAILED"
                    group.health = {
                        "issues": [{"code": "Ec2SubnetInvalidConfiguration", "message": "no IP"}]
                    }

    there.wrong = fails
    with (
        pytest.raises(ClusterFailed, match="Ec2SubnetInvalidConfiguration: no IP"),
        made(there, journal).provision(workdir=tmp_path),
    ):
        pass


def test_without_a_section_nothing_is_asked_and_the_next_step_is_said() -> None:
    bare = EksProvider(options=ProviderOptions())
    assert bare.sweep() == []
    assert "section `eks`" in bare.problems()[0].hint


def test_records_compare_where_version_region_and_nodes_are_equal(
    there: Amazon, journal: Journal
) -> None:
    known = made(there, journal)
    other = made(there, journal, instance="m6i.xlarge")
    assert known.identity() == "eu-west-1 1.34 2 x m6i.large"
    assert known.identity() != other.identity()
