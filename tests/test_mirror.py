"""What a folder holds is tested in the folder of the same name under tests/."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
OF_THEIR_OWN = (
    "support",
    "cases",
    "doors",
)  # what tests stand on, what they read, what doors share


def test_every_folder_of_tests_is_one_of_the_product() -> None:
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("*.py")}
    strays = [
        str(folder)
        for folder in sorted(folders)
        if not (ROOT / folder).is_dir() and folder.parts[0] not in OF_THEIR_OWN
    ]
    assert len(folders) > 30
    assert strays == []
