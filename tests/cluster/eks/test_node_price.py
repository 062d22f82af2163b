"""The price of a node: the reader's own, or that of Amazon's list; never a guess."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec import UNSET

from loadstone.cluster.eks.aws import Aws
from loadstone.cluster.eks.eks_provider import EksProvider
from loadstone.cluster.eks.journal import Journal
from loadstone.cluster.eks.node_price import node_price
from loadstone.cluster.provider import HasPrice, provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import LoadstoneError, UsageError
from loadstone.formats.configuration import EksSettings
from loadstone.report.common.sentences import in_full
from tests.cluster.eks.amazon import CREDENTIALS, REGION

ROLE = "arn:aws:iam::123456789012:role/x"
ASKED = {
    "ServiceCode": "AmazonEC2",
    "Filters": [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in {
            "instanceType": "m7i.large",
            "regionCode": REGION,
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
        }.items()
    ],
}


def settings(**changed: Any) -> EksSettings:
    usual: dict[str, Any] = {
        "node_price": UNSET,
        "cluster": "there",
        "nodes": 2,
        "hours": 3.0,
        "cap": 1.0,
    }
    return EksSettings(
        region=REGION,
        node_role=ROLE,
        subnets=["subnet-1"],
        instance="m7i.large",
        **(usual | changed),
    )


def product(dollars: str, unit: str = "Hrs") -> str:
    """A product as the list has it, as far as it is read."""
    dimension = {"unit": unit, "pricePerUnit": {"USD": dollars}, "description": "an hour"}
    term = {"priceDimensions": {"A.B": dimension}, "effectiveDate": "2026-10-01T00:00:00Z"}
    terms = {"OnDemand": {"A": term}, "Reserved": {"R": {"priceDimensions": {}}}}
    said = {"product": {"sku": "A"}, "terms": terms, "publicationDate": "2026-10-17T01:02:03Z"}
    return json.dumps(said)


@contextmanager
def listed(monkeypatch: pytest.MonkeyPatch, *products: str, error: str = "") -> Iterator[Aws]:
    """A client of the price list that gives these products, once, and no other service."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    regions = []

    def make(service: str, region: str) -> Any:
        assert service == "pricing"
        regions.append(region)
        return client

    client = boto3.client("pricing", region_name="us-east-1")
    with Stubber(client) as stubber:
        if error:
            stubber.add_client_error("get_products", error, expected_params=ASKED)
        else:
            stubber.add_response("get_products", {"PriceList": list(products)}, ASKED)
        yield Aws(REGION, make)
        stubber.assert_no_pending_responses()
    assert regions == ["us-east-1"]


def nobody(service: str, _: str) -> Any:
    raise AssertionError(service)


def test_the_readers_own_price_is_taken_and_nobody_is_asked():
    found = node_price(Aws(REGION, nobody), settings(node_price=0.12, priced="2026-11-01"))
    assert (found.dollars, found.source, found.day) == (0.12, "loadstone.yaml", "2026-11-01")


def test_without_it_the_list_is_asked_for_an_hour_on_demand(monkeypatch):
    with listed(monkeypatch, product("0.1071"), product("1", unit="Quantity")) as aws:
        found = node_price(aws, settings())
    assert (found.dollars, found.day) == (0.1071, "2026-10-17")
    assert "price list" in found.source


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ([], "no one price for an hour of m7i.large in eu-west-1: none"),
        ([product("NaN")], r"in eu-west-1: \$nan"),
        ([product("0.0000000000")], r"in eu-west-1: \$0"),
        ([product("0.2"), product("0.1")], r"\$0.1, \$0.2"),
        (["{}"], "is not read: KeyError"),
        (["nonsense"], "is not read"),
        ([product("much")], "is not read"),
    ],
)
def test_a_list_without_one_price_is_an_error_that_says_what_to_write(monkeypatch, products, said):
    with (
        listed(monkeypatch, *products) as aws,
        pytest.raises(UsageError, match=said) as caught,
    ):
        node_price(aws, settings())
    assert "eks.node-price" in caught.value.next_step


def test_a_list_that_may_not_be_read_is_an_error(monkeypatch):
    with (
        listed(monkeypatch, error="AccessDeniedException") as aws,
        pytest.raises(LoadstoneError, match="AWS does not tell prices"),
    ):
        node_price(aws, settings())


def priced(aws: Aws, tmp_path: Any, **changed: Any) -> EksProvider:
    options = ProviderOptions(eks=settings(**changed))
    return EksProvider(options=options, aws=lambda _: aws, journal=Journal(tmp_path))


def test_a_session_that_by_the_list_would_cost_more_than_its_cap_does_not_start(
    monkeypatch, tmp_path
):
    with listed(monkeypatch, product("0.2")) as aws:  # which makes nothing: it knows no service
        eks = priced(aws, tmp_path, cap=1.0)
        with pytest.raises(UsageError, match=r"may cost \$1.20, and `eks.cap` is \$1.00"):
            eks.provision(workdir=tmp_path / "run").__enter__()
    assert not (tmp_path / "run").exists()


def test_a_price_is_foretold_with_its_source_and_day(monkeypatch, tmp_path):
    with listed(monkeypatch, product("0.1")) as aws:
        (note,) = priced(aws, tmp_path).foretold(1800.0)
    assert in_full(note) == (
        "on eks the measuring alone costs about $0.10, and a session at most $0.60 of the $1.00 "
        "that it may: 2 nodes at $0.1 an hour by Amazon's price list of 2026-10-17"
    )
    (note,) = priced(Aws(REGION, nobody), tmp_path, node_price=0.1).foretold(0.0)
    assert in_full(note).endswith("2 nodes at $0.1 an hour by loadstone.yaml")


def test_measuring_that_outlasts_the_sessions_hours_is_said(tmp_path):
    eks = priced(Aws(REGION, nobody), tmp_path, node_price=0.1, hours=1.0)
    assert [note.code for note in eks.foretold(3700.0)] == ["session-price", "session-outlives"]


def test_a_provider_that_costs_nothing_foretells_nothing():
    assert not isinstance(provider("memory"), HasPrice)
    assert isinstance(provider("eks"), HasPrice)
