"""The local stand-in for AWS: SES v2 here, SQS and SNS by moto, over HTTP on loopback.

``Simulator`` runs it inside this process, ``run`` as a program. Importing this package is cheap;
moto and werkzeug (the extra ``outtray[demo]``) are imported when the stand-in starts.
"""

from core.simulator.events import Delays
from core.simulator.program import run
from core.simulator.server import Simulator, require_extra

__all__ = ["Delays", "Simulator", "require_extra", "run"]
