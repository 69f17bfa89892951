"""综合评价: a mark given by the office or by member departments."""

from xladdin.classes import record
from xladdin.methods.marks import MarkedItem


@record(kw_only=True)
class RatingItem(MarkedItem):
    """The mark, converted from `full` to the points."""

    method = "rating"
    input_name = "综合评价得分"
    function = "FS_RATING"
