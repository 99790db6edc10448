"""What boto3's own chain finds: profile, Region, where credentials come from. Changes nothing."""

from __future__ import annotations

from core.aws.clients import in_words, session
from core.model.email import AwsFound
from core.model.errors import ServiceError


def found() -> AwsFound:
    """Look at environment, files and the machine's role, in boto3's order; raises nothing."""
    try:
        with in_words("sts"):
            chain = session()
            credentials = chain.get_credentials()
            return AwsFound(
                profile=chain.profile_name,
                region=chain.region_name or "",
                credentials=credentials.method if credentials is not None else "",
                profiles=tuple(chain.available_profiles),
            )
    except ServiceError as error:
        return AwsFound(problem=str(error))
