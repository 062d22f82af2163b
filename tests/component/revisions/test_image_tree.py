"""The files of an image: later layers add, replace and remove what earlier ones have."""

import pytest

from loadstone.component.revisions.image_tree import ImageTree


def laid(*layers):
    """A tree of layers: names; `NAME->TARGET` is a link, `NAME/` a folder, the others files."""
    tree = ImageTree()
    for number, names in enumerate(layers):
        for each in names:
            name, _, link = each.partition("->")
            file = not link and not name.endswith("/")
            tree.lay(number, name.rstrip("/"), link=link, file=file)
    return tree


def layer_of(tree, path):
    found = tree.file(path)
    return None if found is None else found.layer


def test_the_highest_layer_that_has_a_file_gives_it():
    tree = laid(["bin/", "bin/thing", "bin/other"], ["bin/thing"])
    assert layer_of(tree, "/bin/thing") == 1
    assert layer_of(tree, "bin/other") == 0
    assert layer_of(tree, "/bin") is None
    assert layer_of(tree, "/bin/none") is None


def test_what_a_layer_removes_is_gone_and_may_come_again():
    assert layer_of(laid(["bin/thing"], ["bin/.wh.thing"]), "/bin/thing") is None
    assert layer_of(laid(["a/bin/thing"], ["a/.wh.bin"]), "/a/bin/thing") is None
    assert layer_of(laid(["bin/thing"], [".wh.bin"], ["bin/thing"]), "/bin/thing") == 2
    # of a folder made anew, only what lower layers had is gone, in whatever order it is told
    told = ["bin/new", "bin/.wh..wh..opq"]
    for layer in (told, told[::-1]):
        tree = laid(["bin/old"], layer)
        assert (layer_of(tree, "/bin/old"), layer_of(tree, "/bin/new")) == (None, 1)


@pytest.mark.parametrize(
    "link", ["bin->usr/bin", "bin->/usr/bin", "bin->./usr/../usr/bin", "bin->../../usr/bin"]
)
def test_links_lead_inside_the_image(link):
    assert layer_of(laid(["usr/bin/thing", link]), "/bin/thing") == 0
    later = laid(["usr/bin/thing", link], ["bin/thing"])  # as some tools write it
    assert layer_of(later, "/usr/bin/thing") == 1


def test_a_program_may_be_a_link_to_another_place():
    tree = laid(
        ["opt/thing-1/thing", "usr/bin/thing->../../opt/current/thing", "opt/current->thing-1"]
    )
    found = tree.file("/usr/bin/thing")
    assert found is not None
    assert found.member == "opt/thing-1/thing"


def test_links_in_a_circle_lead_to_nothing():
    tree = laid(["a->b", "b->a", "c->c/c"])
    assert tree.file("/a") is None
    assert tree.file("/c/x") is None


def test_a_file_in_the_place_of_a_folder_hides_it_and_the_other_way_round():
    assert layer_of(laid(["bin/thing"], ["bin"]), "/bin/thing") is None
    assert layer_of(laid(["bin"], ["bin/", "bin/thing"]), "/bin/thing") == 1


def test_names_that_lead_out_are_no_paths_of_an_image():
    tree = laid(["../evil", "a/../../evil", "/" + "d/" * 200 + "deep", "/abs"])
    assert tree.file("/evil") is None
    assert layer_of(tree, "/abs") == 0
