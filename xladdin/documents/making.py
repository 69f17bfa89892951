"""All documents of a result: made, read back, and compared with the result before anybody sees them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xladdin.classes import record
from xladdin.documents.checking import Checked, check_document
from xladdin.documents.facts import Facts
from xladdin.documents.feedback import feedback
from xladdin.documents.notice import notice
from xladdin.documents.standing import sound_standings
from xladdin.documents.templates import TEMPLATES, filled
from xladdin.files import Progress
from xladdin.issues import Refused, WrongCall
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.words import FEEDBACK_KIND, NOTICE_KIND


@record
class Made:
    """The documents by file name, and what the check of their figures came to."""

    files: Mapping[str, bytes]
    checked: Mapping[str, Checked]

    @property
    def count(self) -> int:
        """How many figures were compared with the result."""
        return sum(checked.count for checked in self.checked.values())

    @property
    def strange(self) -> list[str]:
        """The figures that the result does not contain, which only a template that somebody has edited can bring in."""
        return [f"{name} {one.line()}" for name, checked in self.checked.items() for one in checked.strange]


def make_documents(
    scheme: Scheme,
    results: Results,
    *,
    commended: int | None = None,
    final: bool = False,
    templates: Path | None = None,
    progress: Progress | None = None,
) -> Made:
    """通报 and a 单区反馈表 for each district, from our templates or those of the same names in the folder `templates`.

    The districts of the first `commended` ranks are commended; None leaves that to the writer. What is not `final` says so
    on every page; nothing is final while a rank is 暂定, which is `Refused`.
    """
    standing = sound_standings(scheme, results)
    if final and (open_ranks := standing.provisional):
        raise Refused(
            f"{'、'.join(open_ranks)}的名次为暂定，不能定稿；请先补齐数据重新汇总，或不选定稿，先出征求意见稿"
        )
    if commended and commended > len(standing.ranked):
        word = scheme.source.unit_word
        raise Refused(
            f"有名次的只有 {len(standing.ranked)} 个{word}，不能表彰名次居前 {commended} 位的；请填不大于 {len(standing.ranked)} 的数"
        )
    ours = {name: TEMPLATES / name for name in (f"{NOTICE_KIND}.docx", f"{FEEDBACK_KIND}.docx")}
    if templates and not any((templates / name).is_file() for name in ours):
        raise WrongCall(f"{templates} 里没有文书模板 {'、'.join(ours)}")
    chosen = {n: templates / n if templates and (templates / n).is_file() else path for n, path in ours.items()}
    facts = Facts(standing)
    files: dict[str, bytes] = {}
    checked: dict[str, Checked] = {}
    names = [f"{NOTICE_KIND}.docx", *(f"{scheme.source.say(FEEDBACK_KIND)}_{d.name}.docx" for d in standing.districts)]
    for step, (name, district) in enumerate(zip(names, (None, *standing.districts), strict=True)):
        if progress:
            progress(step, len(names), name)
        if district is None:
            values, template = notice(standing, commended=commended, final=final), f"{NOTICE_KIND}.docx"
        else:
            values, template = feedback(standing, district, final=final), f"{FEEDBACK_KIND}.docx"
        files[name] = filled(chosen[template], values, Path(name).stem)
        checked[name] = check_document(facts, files[name], name)
    return Made(files, checked)
