"""Every test of the project, in the rooms and in tests/, stands on the rig."""

pytest_plugins = [
    "tests.rig.plugin",
    "tests.rig.network",
    "tests.rig.running",
    "tests.rig.browser",
    "tests.cast",
]
