#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""botocore's own adaptive rate limiter on a given timetable.

Reads lines "time throttled" (seconds, 0 or 1) and prints after each answer "rate capacity tokens
measured enabled", as JSON lists.
"""
import json
import sys

from botocore.retries import adaptive, bucket, throttling


class Clock(bucket.Clock):
    now = 0.0

    def current_time(self):
        return self.now


class Detector:
    def is_throttling_error(self, throttled):
        return throttled


def main():
    clock = Clock()
    lines = [line.split() for line in sys.stdin]
    clock.now = float(lines[0][0])
    tokens = bucket.TokenBucket(max_rate=1, clock=clock)
    clocker = adaptive.RateClocker(clock)
    limiter = adaptive.ClientRateLimiter(
        throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now), clocker, tokens,
        Detector(), clock)
    for time, throttled in lines:
        clock.now = float(time)
        limiter.on_receiving_response(throttled=throttled == "1")
        print(json.dumps([tokens.max_rate, tokens.max_capacity, tokens.available_capacity,
                          clocker.measured_rate, limiter._enabled]))


main()
