"""Names the packages: search_spaces/ of the top level ships inside the wheel as automl.search_spaces."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["automl", "automl.*"]), "automl.search_spaces"],
    package_dir={"automl.search_spaces": "search_spaces"},
    package_data={
        "automl": ["py.typed", "drawing/templates/*", "serving/templates/*"],
        "automl.search_spaces": ["*/*.yaml"],
    },
)
