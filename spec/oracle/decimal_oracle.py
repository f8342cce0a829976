# SPDX-License-Identifier: MIT
"""Writes random numbers of DynamoDB's range and what Python's decimal makes of them.

usage: decimal_oracle.py COUNT SEED

The first line is "oracle decimal VERSION". Each line after it holds, separated by tabs: a, b, a + b,
a - b, a * b, and -1, 0 or 1 for the order of a and b. A result is decimal text, or "precision" for
more than 38 significant digits, or "range" outside 1E-130 to 9.99...E+125.
"""

import decimal
import random
import sys
from decimal import Decimal

MAX_DIGITS, FIRST_MIN, FIRST_MAX = 38, -130, 125


def number(rng, like=None):
    """Returns a number; often one near `like`, where sums carry and cancel."""
    count = rng.choice([1, 2, 5, 17, 37, 38, rng.randint(1, 38)])
    digits = rng.choice(["9" * count, "1" + "0" * (count - 1), None, None, None])
    digits = digits or "".join(rng.choice("0123456789") for _ in range(count))
    low, high = FIRST_MIN, FIRST_MAX - count + 1
    exponent = rng.choice([0, rng.randint(-40, 40), rng.randint(low, high)])
    if like is not None and rng.random() < 0.7:
        exponent = like.as_tuple().exponent + rng.randint(-40, 40)
    sign = rng.choice(["", "-"])
    return Decimal(f"{sign}{digits}E{max(low, min(high, exponent))}")


def judged(result):
    digits = "".join(map(str, result.as_tuple().digits)).strip("0")
    if digits == "":
        return "0"
    if len(digits) > MAX_DIGITS:
        return "precision"
    if not FIRST_MIN <= result.adjusted() <= FIRST_MAX:
        return "range"
    return str(result)


def main(count, seed):
    rng = random.Random(seed)
    decimal.getcontext().prec = 600  # every result is exact
    print("oracle decimal", sys.version.split()[0])
    for _ in range(count):
        a = number(rng)
        b = number(rng, a)
        if rng.random() < 0.05:
            b = rng.choice([a, -a, Decimal(0)])
        print(a, b, judged(a + b), judged(a - b), judged(a * b), (a > b) - (a < b), sep="\t")


main(int(sys.argv[1]), int(sys.argv[2]))
