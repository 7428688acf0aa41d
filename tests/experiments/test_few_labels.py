"""Results of few_labels that are kept in a folder: used if they are of the run asked for."""

import json

import pytest

from experiments.few_labels import of_result

WANTED = {"recipe": {"name": "m2-100"}, "test": "abc"}


def test_a_result_is_used_for_the_run_it_is_of(tmp_path):
    file = tmp_path / "result.json"
    assert of_result(file, WANTED) is None
    file.write_text(json.dumps(WANTED | {"error": 3.25}), encoding="utf-8")
    assert of_result(file, WANTED) == 3.25
    assert of_result(file, WANTED | {"test": "abd"}) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", json.dumps(WANTED | {"error": "low"})])
def test_a_file_that_holds_no_result_is_refused(text, tmp_path, assert_sentence):
    file = tmp_path / "result.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="holds no result") as refused:
        of_result(file, WANTED)
    assert_sentence(str(refused.value))
