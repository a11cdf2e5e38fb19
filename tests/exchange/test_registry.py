"""Formats, instances and settings: what there is, what is chosen, and what is told if it is not there."""

from __future__ import annotations

from importlib import import_module

import pytest

from pklogistics.errors import OptionsError
from pklogistics.exchange import FORMATS, FormatError, import_mission, instances, settings_of
from pklogistics.exchange.source import Format
from tests.exchange.samples import AT_TOWN, esups, reliefops


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_its_module_with_source_and_mapping(name):
    module = import_module(f"pklogistics.exchange.{name.replace('-', '_')}")
    assert isinstance(module.FORMAT, Format)
    assert all(setting.meaning for setting in settings_of(name).values())
    for word in ("Organisation", "Depot", "Fund", "Mapping\n-------"):
        assert word in module.__doc__


def test_an_unknown_format_is_told_with_the_nearest_and_all():
    with pytest.raises(OptionsError, match=r"no format 'esup'; did you mean 'esups'.*esups, .*reliefops"):
        import_mission("esup", "anywhere")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FormatError, match="nowhere: does not exist"):
        import_mission("reliefops", tmp_path / "nowhere")


def test_one_of_several_instances_must_be_named(tmp_path):
    file = reliefops(tmp_path)
    assert instances("reliefops", file) == ("1", "2")
    with pytest.raises(OptionsError, match="holds 2 instances, name one of 1, 2"):
        import_mission("reliefops", file)
    with pytest.raises(OptionsError, match="no instance '3'; there are 1, 2"):
        import_mission("reliefops", file, "3")
    assert import_mission("reliefops", file, "2").header.name == "reliefops-2"


def test_a_single_instance_need_not_be_named(tmp_path):
    file = reliefops(tmp_path, "1\n3\nJan\nrefugee,price\n2,2,1\n4,6,9\n")
    assert import_mission("reliefops", file) == import_mission("reliefops", file, "1")


def test_an_unknown_setting_is_told(tmp_path):
    folder = esups(tmp_path)
    with pytest.raises(
        OptionsError, match=r"no setting 'itme'; did you mean 'item'.*item, inventory, location"
    ):
        import_mission("esups", folder, "D1", {"itme": "Kits"})
    with pytest.raises(OptionsError, match=r"item is 'Kit'.*did you mean 'Kits'.*Kits, Feathers, Tents"):
        import_mission("esups", folder, "D1", {**AT_TOWN, "item": "Kit"})
