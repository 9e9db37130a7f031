"""Reference values for the tests of `mean-field`, computed with 50 digits and printed with 25.

Run with Python 3.11.7, mpmath 1.3.0 (gmpy2 2.3.2 as its backend): python oracle.py, in this folder; under a minute.
A cosine or gap is always the number that its double stands for, so that no test has to forgive a conversion.
"""

import csv

from mpmath import acos, asin, cos, erfc, exp, inf, log, mp, mpf, pi, quad, sin, sqrt

mp.dps = 50
DIGITS = 25


def density(z):
    return exp(-z * z / 2) / sqrt(2 * pi)


def cumulative(z):
    return erfc(-z / sqrt(2)) / 2


def cosine_map(c):
    """K(c) of Eq. 7 twice: the closed form, and the integral over z1 once z2 is integrated out by parts."""
    angle = acos(c)
    closed = (sin(angle) + c * (pi - angle)) / pi
    if abs(c) == 1:
        return closed
    s = sqrt((1 - c) * (1 + c))

    def over_second(z):
        return c * z * cumulative(c * z / s) + s * density(c * z / s)

    ends = sorted({mpf(0), *(s * k for k in (1, 3, 10, 30) if s * k < 1), mpf(1), mpf(3), mpf(8), mpf(20)})
    integral = 2 * quad(lambda z: z * density(z) * over_second(z), ends)
    assert abs(integral - closed) < mpf(10) ** -38, (c, integral - closed)
    return closed


def next_gap(gap):
    angle = 2 * asin(sqrt(gap / 2))
    return gap - (sin(angle) - angle * cos(angle)) / pi


def same_sign(gap, samples):
    """Probability that all of `samples` exchangeable Gaussians with correlation 1 - gap have one sign."""
    slope = sqrt((1 - gap) / gap)
    ends = sorted({-inf, inf, *(mpf(k) / 2 for k in range(-12, 13)), *(k / slope for k in range(-10, 11, 2))})
    return 2 * quad(lambda z: density(z) * cumulative(slope * z) ** samples, ends)


def write(name, header, rows):
    with open(name, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def show(value):
    return mp.nstr(value, DIGITS, min_fixed=0, max_fixed=0)


def main():
    cosines = [-1.0, -1.0 + 1e-12, -1.0 + 1e-6, -0.999, -0.9, -0.5, -0.1, -1e-9, 0.0]
    cosines += [1e-9, 0.1, 0.25, 0.5, 0.9, 0.999, 1.0 - 1e-6, 1.0 - 1e-12, 1.0]
    rows = [[repr(c), show(cosine_map(mpf(c))), show(1 - acos(mpf(c)) / pi)] for c in cosines]
    write("cosine_map.csv", ["cosine", "value", "slope"], rows)

    gaps = [2.0, 1.5, 1.0, 0.5, 0.01, 1e-4, 1e-8, 1e-12, 1e-30]
    write("next_gap.csv", ["gap", "next"], [[repr(g), show(next_gap(mpf(g)))] for g in gaps])

    iterates, offsets = [], []
    for first, last in [(0.0, 10**6), (-0.75, 10**5), (0.9, 10**5)]:
        gap = 1 - mpf(first)
        kept = {1, 2, 10, 49, 50, 100, 10**3, 10**4, 10**5, 10**6}
        for layer in range(1, last + 1):
            gap = next_gap(gap)
            if layer in kept:
                iterates.append([repr(first), layer, show(gap)])
        depth = 3 * pi / sqrt(2 * gap)
        offsets.append([repr(first), last, show(depth - 3 * log(depth) / 2 + (1 + 9 * pi**2 / 40) / depth - last)])
    write("gaps.csv", ["first_cosine", "layer", "gap"], iterates)
    write("offset.csv", ["first_cosine", "layer", "offset"], offsets)

    pairs = [(1.0 - 0.01, 100), (0.9, 5), (0.5, 2), (0.5, 3), (0.5, 100), (0.1, 10), (0.01, 100)]
    pairs += [(1e-4, 1000), (1e-8, 100), (1e-12, 100)]
    write("same_sign.csv", ["gap", "samples", "probability"],
          [[repr(g), t, show(same_sign(mpf(g), t))] for g, t in pairs])


if __name__ == "__main__":
    main()
