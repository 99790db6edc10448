"""The line of the filter: ``bounced balance>500 sent<7d to:@acme.com``. Pure.

``read`` understands a line, ``write`` makes one, ``describe`` says what was understood.
``docs/filters.md`` is for whoever types it.
"""

from core.rules.filters.formatter import describe, write
from core.rules.filters.parser import Line, Problem, read
from core.rules.filters.values import completion

__all__ = ["Line", "Problem", "completion", "describe", "read", "write"]
