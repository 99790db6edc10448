"""Frozen values, enums, errors and ports: what crosses every boundary and decides nothing."""
