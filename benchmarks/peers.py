"""Peers that are extras: where one is missing, its rows are left out, and that is said."""

from importlib.util import find_spec


def there(name: str) -> bool:
    """Whether a package is installed; says so in a line of the section if it is not."""
    found = find_spec(name) is not None
    if not found:
        print(f"left out: {name} is not installed (pip install 'circuitsim[bench]')")
    return found
