"""Safe words: what a stranger writes cannot become an option, a range or markup."""

import subprocess
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from loadstone.bot import safe_words


@given(st.text(max_size=40))
def test_what_passes_as_a_revision_is_no_option_and_no_range(text):
    if not safe_words.revision(text):
        assert not text.startswith(("-", ":", "+", "^", "/"))
        assert not set(text) & set(" ~^:?*[\\\n\t$`'\";|&<>(){}!#%")
        assert ".." not in text


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,12}", fullmatch=True))
def test_what_passes_as_a_revision_is_a_name_that_git_takes(text):
    if not safe_words.revision(text):
        told = subprocess.run(["git", "check-ref-format", "--allow-onelevel", text], check=False)
        # Git knows two more rules: no part begins with a dot, and `@` alone is the head.
        assert told.returncode == 0 or "/." in text or ".lock/" in text


@given(st.text(max_size=40))
def test_what_passes_as_a_file_stays_in_the_repository(text):
    if not safe_words.file_or_name(text):
        assert not text.startswith(("/", "-"))
        assert ".." not in text.split("/")
        assert "\\" not in text


@given(st.text(max_size=300))
def test_a_quotation_is_one_piece_of_code(text):
    quoted = safe_words.quoted(text)
    assert quoted.count("`") == 2
    assert quoted[0] == quoted[-1] == "`"
    assert len(quoted) <= 83
    assert "\n" not in quoted
    assert all(unicodedata.category(each)[0] != "C" for each in quoted)


def test_a_commit_is_told_from_a_version():
    assert safe_words.is_commit("4f1c2aa")
    assert not safe_words.is_commit("4f1c2a")
    assert not safe_words.is_commit("v1.2.3")
