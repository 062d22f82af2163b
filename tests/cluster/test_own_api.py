"""The place of a cluster where a component is its own API server."""

from loadstone.cluster.own_api import OwnApi
from loadstone.protocols import Accountable, Dialable, Resettable


def test_it_is_emptied_with_the_component_and_does_nothing_that_only_a_real_one_can():
    cluster = OwnApi(provider="memory")
    assert isinstance(cluster, Resettable)
    assert not isinstance(cluster, Dialable)
    assert not isinstance(cluster, Accountable)
    assert cluster.alive()
    cluster.reset()
