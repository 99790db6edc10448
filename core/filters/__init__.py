"""The line of the filter: ``bounced balance>500 sent<7d to:@acme.com``. Pure.

``read`` understands a line, ``write`` makes one, ``describe`` says what was understood.
``docs/filters.md`` is for whoever types it.
"""

from core.filters.reading import Line, Problem, read
from core.filters.vocabulary import completion
from core.filters.writing import describe, write

__all__ = ["Line", "Problem", "completion", "describe", "read", "write"]
