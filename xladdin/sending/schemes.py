"""考核方案.xlsx as it is handed to an office: a scheme with an example for each way of scoring."""

from xladdin.classes import replace
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.scheme.model import Scheme
from xladdin.sending.sample import first_examples


def exported(scheme: Scheme) -> bytes:
    """The scheme as 考核方案.xlsx."""
    return scheme_workbook(scheme, first_examples(scheme))


def following(scheme: Scheme) -> bytes:
    """考核方案.xlsx of the year after the scheme's, to be edited: the scheme, with the next year and version."""
    source = scheme.source
    year = source.year + 1
    version = str(year) if source.version == str(source.year) else source.version
    return scheme_workbook(replace(scheme, source=replace(source, year=year, version=version)), first_examples(scheme))
