"""Placeholders."""

from loadstone.plan.bind import bind, placeholders


def test_a_string_that_is_only_a_placeholder_becomes_the_value_itself():
    assert bind({"rate": "${rate}"}, {"rate": 500}) == {"rate": 500}


def test_a_placeholder_inside_a_string_becomes_text():
    assert bind(["/body/${body}"], {"body": 600}) == ["/body/600"]
    assert bind("tls=${tls}", {"tls": True}) == "tls=true"


def test_other_placeholders_stay():
    assert bind("r${i}.${name}", {"name": "x"}) == "r${i}.x"


def test_what_is_put_in_is_not_looked_into_again():
    assert bind("${a}", {"a": "${b}", "b": "c"}) == "${b}"


def test_an_escaped_placeholder_is_none_and_stays_escaped():
    assert bind("$${a} ${a} $${b", {"a": 1}) == "$${a} 1 $${b"
    assert bind("$${a}", {"a": 1}) == "$${a}"
    assert list(placeholders("$${a} ${b}")) == [((), "b")]


def test_every_placeholder_is_found_with_its_path():
    found = list(placeholders({"a": ["${x}/${y}", 1], "b": {"c": "${z}"}}))
    assert found == [(("a", 0), "x"), (("a", 0), "y"), (("b", "c"), "z")]
