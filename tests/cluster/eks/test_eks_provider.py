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
REFERENCE = Path(__file__).parents[3] / "docs/reference"
NO_ROLES: dict[str, Any] = {"node_role": msgspec.UNSET, "cluster_role": msgspec.UNSET}
NOTHING: dict[str, Any] = {**NO_ROLES, "subnets": msgspec.UNSET}


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


def allowed(name: str) -> set[str]:
    """The actions that a policy of the page allows."""
    statements = json.loads((REFERENCE / name).read_text())["Statement"]
    actions = [each["Action"] for each in statements]
    return {name for each in actions for name in ([each] if isinstance(each, str) else each)}


def test_the_policy_of_the_page_allows_all_that_is_asked(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = {*requests_of_a_session(there, journal, tmp_path)}
    made(there, journal).problems()
    lacking = {*asked, *there.asked} - allowed("eks-policy.json")
    assert lacking == {"sts:GetCallerIdentity"}  # which nobody is denied


def test_making_roles_takes_a_policy_of_its_own_and_all_that_it_allows(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = {*requests_of_a_session(there, journal, tmp_path, **NO_ROLES)}
    more = allowed("eks-roles-policy.json")
    assert asked - allowed("eks-policy.json") <= more
    assert {each for each in asked if each.startswith("iam:")} - allowed("eks-policy.json") == (
        more - {"iam:TagRole", "iam:PassRole"}  # asked as part of other calls
    )


def test_roles_that_are_made_have_the_policies_of_their_part_and_no_other(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    iam = there.aws().iam
    with made(there, journal, **NO_ROLES).provision(workdir=tmp_path):
        names = [each.name for each in find(there.aws()) if each.kind == "role"]
        given = {
            name.rpartition("-")[2]: {
                each["PolicyName"]
                for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
            }
            for name in names
        }
        trusted = {
            name.rpartition("-")[2]: iam.get_role(RoleName=name)["Role"][
                "AssumeRolePolicyDocument"
            ]["Statement"][0]["Principal"]
            for name in names
        }
    assert given == {
        "cluster": {"AmazonEKSClusterPolicy"},
        "nodes": {
            *("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"),
            "AmazonEC2ContainerRegistryPullOnly",
        },
    }
    assert trusted == {
        "cluster": {"Service": "eks.amazonaws.com"},
        "nodes": {"Service": "ec2.amazonaws.com"},
    }
    assert [each for each in find(there.aws()) if each.kind == "role"] == []


def test_making_a_network_takes_a_policy_of_its_own_and_all_that_it_allows(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    changed: dict[str, Any] = {"subnets": msgspec.UNSET}
    asked = {*requests_of_a_session(there, journal, tmp_path, **changed)}
    more = allowed("eks-network-policy.json")
    assert asked - allowed("eks-policy.json") == more - {"ec2:CreateTags"}  # asked in other calls
    there.asked.clear()
    assert made(there, journal, **changed).problems() == []


def test_a_network_that_is_made_has_two_zones_and_a_way_out_and_goes(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    ec2 = there.aws().ec2
    before = len(ec2.describe_vpcs()["Vpcs"]), len(ec2.describe_subnets()["Subnets"])
    with made(there, journal, subnets=msgspec.UNSET).provision(workdir=tmp_path):
        names = [each.name for each in find(there.aws()) if each.kind == "subnet"]
        subnets = ec2.describe_subnets(SubnetIds=names)["Subnets"]
        assert len({each["AvailabilityZone"] for each in subnets}) == 2
        assert all(each["MapPublicIpOnLaunch"] for each in subnets)
        (table,) = [each for each in find(there.aws()) if each.kind == "route table"]
        (known,) = ec2.describe_route_tables(RouteTableIds=[table.name])["RouteTables"]
        assert {each["SubnetId"] for each in known["Associations"] if "SubnetId" in each} == {
            *names
        }
        ways = {each["DestinationCidrBlock"]: each.get("GatewayId") for each in known["Routes"]}
        assert str(ways["0.0.0.0/0"]).startswith("igw-")
    after = len(ec2.describe_vpcs()["Vpcs"]), len(ec2.describe_subnets()["Subnets"])
    assert after == before


def test_an_instance_type_of_one_zone_is_a_problem_where_the_network_is_made(
    there: Amazon, journal: Journal
) -> None:
    ec2 = there.aws().ec2

    def of_one_zone(parsed: dict[str, Any], **_: Any) -> None:
        parsed["InstanceTypeOfferings"] = parsed["InstanceTypeOfferings"][:1]

    event = "after-call.ec2.DescribeInstanceTypeOfferings"
    ec2.meta.events.register(event, of_one_zone)
    try:
        (problem,) = made(there, journal, subnets=msgspec.UNSET).problems()
    finally:
        ec2.meta.events.unregister(event, of_one_zone)
    assert problem.what == "a cluster needs two zones with m6i.large, and eu-west-1 has eu-west-1a"


def test_public_addresses_of_a_network_that_is_made_are_in_the_price() -> None:
    usual = EksSettings(
        region=REGION, instance="m6i.large", cap=5.0, version="1.34", nodes=2, cluster_price=0.1
    )
    assert usual.hourly(0.1) == pytest.approx(0.1 + 2 * (0.1 + 0.005))


def test_a_role_that_is_not_known_yet_is_waited_for(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    refused = dict.fromkeys(("eks:CreateCluster", "eks:CreateNodegroup"), 2)

    def not_yet(_: int, operation: str) -> None:
        if refused.get(operation):
            refused[operation] -= 1
            refusal: Any = {"Code": "InvalidParameterException", "Message": "The role is not known"}
            raise ClientError({"Error": refusal}, operation)

    there.wrong = not_yet
    with made(there, journal, **NO_ROLES).provision(workdir=tmp_path) as cluster:
        assert cluster.alive()
    assert set(refused.values()) == {0}


def test_a_role_of_somebody_elses_below_our_path_stays(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    iam = there.aws().iam
    iam.create_role(RoleName="theirs", Path="/loadstone/", AssumeRolePolicyDocument="{}")
    try:
        with made(there, journal, **NO_ROLES).provision(workdir=tmp_path):
            pass
        made(there, journal, now=time.time() + 24 * 3600).sweep()
        assert iam.get_role(RoleName="theirs")["Role"]["RoleName"] == "theirs"
    finally:
        iam.delete_role(RoleName="theirs")


def test_a_cluster_that_is_there_gets_nodes_and_stays(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    eks_backends[ACCOUNT][REGION].clusters[FOREIGN].endpoint = there.endpoint
    eks = made(there, journal, cluster=FOREIGN, cluster_role=msgspec.UNSET, version=msgspec.UNSET)
    with eks.provision(workdir=tmp_path) as cluster:
        assert cluster.alive()
        assert [each.cluster for each in find(there.aws())] == [FOREIGN, ""]
    assert there.aws().eks.describe_cluster(name=FOREIGN)["cluster"]["name"] == FOREIGN


def requests_of_a_session(
    there: Amazon, journal: Journal, workdir: Path, **changed: Any
) -> list[str]:
    there.asked.clear()
    with made(there, journal, **changed).provision(workdir=workdir):
        pass
    return list(there.asked)


def test_each_request_may_fail_once_and_the_sweep_leaves_nothing(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = requests_of_a_session(there, journal, tmp_path / "0", **NOTHING)
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
            made(there, journal, **NOTHING).provision(workdir=tmp_path / str(number)),
        ):
            pass
        there.wrong = lambda *_: None
        late = time.time() + 4 * 3600
        made(there, journal, now=late).sweep()
        assert find(there.aws()) == [], f"after request {number}, {name}"


CREATING = {"ec2:CreateLaunchTemplate", "eks:CreateCluster", "eks:CreateNodegroup"}
CREATING_MORE = {
    *("iam:CreateRole", "iam:AttachRolePolicy", "ec2:CreateVpc", "ec2:CreateSubnet"),
    *("ec2:CreateInternetGateway", "ec2:CreateRouteTable"),
}


@pytest.fixture
def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadstone.cluster.eks.journal.processes.owner", lambda: "999999999:1")


def killed_after(
    there: Amazon, journal: Journal, workdir: Path, number: int, **changed: Any
) -> None:
    there.asked.clear()

    def kill(count: int, _: str) -> None:
        if count > number:
            raise KilledError

    there.wrong = kill
    with pytest.raises(KilledError), made(there, journal, **changed).provision(workdir=workdir):
        raise KilledError
    there.wrong = lambda *_: None


@pytest.mark.usefixtures("another_process")
def test_a_session_killed_after_any_request_is_swept_on_its_machine_at_once(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    asked = requests_of_a_session(there, journal, tmp_path / "0", **NOTHING)
    for number in range(1, len(asked) + 1):
        killed_after(there, journal, tmp_path / str(number), number, **NOTHING)
        made(there, journal).sweep()
        assert find(there.aws()) == [], f"after request {number}"
        assert list(journal.ended(REGION)) == []


@pytest.mark.usefixtures("another_process")
def test_a_session_killed_elsewhere_is_swept_when_its_hours_are_over(
    there: Amazon, journal: Journal, tmp_path: Path
) -> None:
    elsewhere = Journal(tmp_path / "elsewhere")
    asked = requests_of_a_session(there, journal, tmp_path / "0", **NOTHING)
    for number in [
        at for at, name in enumerate(asked, start=1) if name in CREATING | CREATING_MORE
    ]:
        killed_after(there, elsewhere, tmp_path / str(number), number, **NOTHING)
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
