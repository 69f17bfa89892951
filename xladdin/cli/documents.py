"""The commands for the documents of a result: making them, and checking the figures of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.cli.terminal import DONE, PROBLEMS, fail, progress_bar, say
from xladdin.words import REPORT_KIND

if TYPE_CHECKING:
    from xladdin.scheme.model import Scheme


def write_documents(
    scheme: Scheme, results: Path, output: Path, commended: int | None, final: bool, pdf: bool, templates: Path | None
) -> int:
    """由汇总结果生成通报、各区的单区反馈表和汇报，写出前逐个核对文书里的数。"""
    from xladdin.analysis.report import report_workbook
    from xladdin.documents.making import make_documents
    from xladdin.documents.pdf import as_pdf
    from xladdin.files import write_new, write_together
    from xladdin.rounds.seals import load_sealed

    data = load_sealed(results)
    with progress_bar("生成文书") as progress:
        made = make_documents(
            scheme,
            data,
            commended=commended,
            final=final,
            templates=templates,
            progress=progress,
        )
    report = output / f"{REPORT_KIND}.xlsx"
    documents = {output / name: content for name, content in made.files.items()}
    write_new({**documents, report: report_workbook(scheme, data)})
    say(f"已生成 {len(made.files)} 份文书和{REPORT_KIND}：{output}")
    say("\n".join([f"已核对 {made.count} 个数，{_outcome(len(made.strange))}", *made.strange]))
    if pdf:
        with progress_bar("转换为 PDF"):
            write_together({output / name: content for name, content in as_pdf(made.files).items()})
        say(f"已另存 {len(made.files)} 份 PDF")
    return PROBLEMS if made.strange else DONE


def check_document(scheme: Scheme, file: Path, results: Path) -> int:
    """核对一份文书（.docx）里的数与汇总结果是否一致，逐个列出结果里没有的。"""
    from xladdin.documents import checking
    from xladdin.documents.facts import Facts
    from xladdin.documents.standing import sound_standings
    from xladdin.rounds.seals import load_sealed
    from xladdin.workbook.read.archives import bytes_of
    from xladdin.workbook.unreadable import UnreadableWorkbook

    try:
        content = bytes_of(file)
    except UnreadableWorkbook as error:
        fail(f"{file} {error.detail}", PROBLEMS)
    checked = checking.check_document(Facts(sound_standings(scheme, load_sealed(results))), content, file.name)
    for one in checked.strange:
        say(one.line())
    say(f"共核对 {checked.count} 个数，{_outcome(len(checked.strange))}")
    if checked.unwritten:
        say(f"还没有填写的地方：{'、'.join(checked.unwritten)}")
    if checked.has_pictures:
        say("文书里有图片，图片里的数没有核对")
    return PROBLEMS if checked.strange else DONE


def _outcome(strange: int) -> str:
    return f"{strange} 个与结果不符" if strange else "与结果一致"
