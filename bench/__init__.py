"""Measurements that take too long for the tests: speed, crashes, attacks, big databases."""
