"""Sums of gradients by name, in which None is nothing."""


def plus(slope, weight, other):
    """slope + weight other, for the names of `slope`, without graphs."""
    return {name: _sum(value, weight, other.get(name)) for name, value in slope.items()}


def _sum(value, weight, other):
    if other is None:
        return None if value is None else value.detach()
    return (weight * other if value is None else value + weight * other).detach()


def present(slope):
    """The gradients that are there."""
    return {name: value for name, value in slope.items() if value is not None}
