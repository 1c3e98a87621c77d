"""The codes the demo uses are codes of the kernel's lists."""

from __future__ import annotations

from daybook.kernel.facts import behaviours, changes, codes_of, contact_means, told_whom
from daybook.site.demo.reactions import EFFECTS
from daybook.site.demo.telling import SCENARIOS
from daybook.site.demo.turning_points import MILESTONES


def test_scenarios_use_codes_that_exist() -> None:
    every = [*SCENARIOS, *(milestone.scenario for milestone in MILESTONES)]
    assert {code for scenario in every for code in scenario.behaviours} <= set(codes_of(behaviours()))
    assert {code for scenario in every for code in scenario.contact} <= set(codes_of(contact_means()))
    assert {code for shown in EFFECTS.values() for code in shown} <= set(codes_of(changes()))
    assert "police" in codes_of(told_whom())


def test_names_of_scenarios_are_unique() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) > 25
