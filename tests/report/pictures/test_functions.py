"""Bars of functions: each is named by what tells it apart."""

from loadstone.report.pictures import functions


def test_a_function_is_named_by_the_end_of_its_path():
    assert functions.short("github.com/traefik/traefik/v3/pkg/server.(*T).Run") == "server.(*T).Run"
    assert len(functions.short("x" * 500)) <= 44
