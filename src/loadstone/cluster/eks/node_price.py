"""The price of a node for an hour: as the settings have it, or else as Amazon's price list does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from msgspec import UNSET

from loadstone.cluster.eks.aws import Aws, told
from loadstone.errors import UsageError
from loadstone.formats.configuration import EksSettings

OF_SETTINGS, OF_LIST = "loadstone.yaml", "Amazon's price list"
_STEP = "write the price into `eks.node-price`"
# What has the name of an instance type and a region, and another price than a node's: other
# systems, hosts of one's own, and capacity that is reserved whether used or not.
_OF_A_NODE = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
}


@dataclass(frozen=True, kw_only=True)
class NodePrice:
    """Dollars for an hour of a node, and who says so since when; "" where the day is not known."""

    dollars: float
    source: str
    day: str = ""


def node_price(aws: Aws, settings: EksSettings) -> NodePrice:
    """The price of a node on demand.

    Raises `UsageError` where the list has none, or several; what `told` raises where it cannot be
    read.
    """
    if settings.node_price is not UNSET:
        day = "" if settings.priced is UNSET else settings.priced
        return NodePrice(dollars=settings.node_price, source=OF_SETTINGS, day=day)
    asked = {"instanceType": settings.instance, "regionCode": settings.region, **_OF_A_NODE}
    with told("tell prices"):
        answer = aws.pricing.get_products(
            ServiceCode="AmazonEC2",
            Filters=[
                {"Type": "TERM_MATCH", "Field": name, "Value": value}
                for name, value in asked.items()
            ],
        )
    found = set(_listed(answer["PriceList"]))
    if len(found) != 1 or not all(0 < each.dollars < inf for each in found):
        prices = ", ".join(f"${each.dollars:g}" for each in sorted(found, key=_dollars)) or "none"
        raise UsageError(
            f"Amazon's price list has no one price for an hour of {settings.instance} in"
            f" {settings.region}: {prices}",
            next_step=_STEP,
        )
    return found.pop()


def _dollars(price: NodePrice) -> float:
    return price.dollars


def _listed(products: Sequence[str]) -> Iterator[NodePrice]:
    """The prices of an hour on demand. Raises `UsageError` for a list of another form."""
    try:
        for text in products:
            product = json.loads(text)
            for term in product["terms"]["OnDemand"].values():
                yield from _of_term(term, str(product.get("publicationDate", ""))[:10])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"Amazon's price list is not read: {type(error).__name__} {error}", next_step=_STEP
        ) from error


def _of_term(term: Mapping[str, Any], day: str) -> Iterator[NodePrice]:
    for each in term["priceDimensions"].values():
        if each["unit"] == "Hrs":
            yield NodePrice(dollars=float(each["pricePerUnit"]["USD"]), source=OF_LIST, day=day)
