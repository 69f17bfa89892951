"""通报与反馈: the documents of a round's newest result, on whatever the button was pressed in."""

from __future__ import annotations

from pathlib import Path

from macros.actions import BY_ID
from macros.host import ASK_ROUND, Host, first_lines
from xladdin.documents import making
from xladdin.documents.checking import check_document
from xladdin.documents.facts import Facts
from xladdin.documents.notice import DRAFT
from xladdin.documents.standing import sound_standings
from xladdin.files import write_new
from xladdin.issues import Refused
from xladdin.rounds.folder import round_home, round_scheme
from xladdin.rounds.sealing import sealed_results
from xladdin.rounds.seals import DATA_FILE, load_sealed
from xladdin.words import DOCUMENTS_FOLDER, NOTICE_KIND

OWN_TEMPLATES = "文书模板"
"""The folder of a round in which the office keeps templates that it has changed."""


def make_documents(host: Host) -> str:
    """通报与反馈: 通报 and each district's 单区反馈表 from the round's newest result, with corrections or without.

    They stand in 文书, in a folder named as the result is; what is not final in one of its own. Where they stand there
    already, what has been written into them since is checked instead. Templates that the office has changed lie in
    文书模板 of the round.
    """
    folder = round_home(host.ask_folder(ASK_ROUND))
    sealed = sealed_results(folder)
    if not sealed:
        raise Refused(f"{folder} 还没有汇总结果；请先按“{BY_ID['seal_round'].caption}”。")
    newest = sealed[-1]
    data = load_sealed(newest / DATA_FILE)
    scheme = round_scheme(folder)
    question = scheme.source.say(f"{NOTICE_KIND}表彰名次居前几位的区？不写则留给起草人填写：")
    commended = _rank(host.ask_text(question, ""))
    provisional = sum(district["provisional"] for district in data["districts"])
    final = not provisional and _is_yes(host.ask_text("数据完整，可以定稿。定稿填“是”，先出征求意见稿填“否”：", "否"))
    out = folder / DOCUMENTS_FOLDER / (newest.name if final else f"{newest.name}（{DRAFT}）")
    if out.is_dir():
        with host.working():
            return _checked(host, Facts(sound_standings(scheme, data)), out)
    with host.working():
        own = folder / OWN_TEMPLATES
        made = making.make_documents(
            scheme,
            data,
            commended=commended,
            final=final,
            templates=own if own.is_dir() else None,
            progress=host.progress,
        )
        write_new({out / name: content for name, content in made.files.items()})
    lines = [f"已由“{newest.name}”的结果生成 {len(made.files)} 份文书：\n{out}"]
    lines.append(f"里面的 {made.count} 个数已与结果核对。" if not made.strange else "模板里有结果中没有的数：")
    lines += first_lines(made.strange)
    if provisional:
        lines.append(f"{provisional} 个{scheme.source.unit_word}的名次为暂定，只能出征求意见稿。")
    return "\n".join([*lines, "黄底【】里的由起草人填写。"])


def _checked(host: Host, facts: Facts, folder: Path) -> str:
    """The figures of the documents in a folder that the result does not contain, and what is still to be written."""
    paths = [path for path in sorted(folder.glob("*.docx")) if not path.name.startswith("~$")]
    count, strange, unwritten = 0, [], []
    for step, path in enumerate(paths):
        host.progress(step, len(paths), path.name)
        checked = check_document(facts, path.read_bytes(), path.name)
        count += checked.count
        strange += [f"{path.name} {one.line()}" for one in checked.strange]
        unwritten += checked.unwritten
    lines = [f"这里已有文书，没有重新生成（要重新生成，先移走）：\n{folder}"]
    lines.append(
        f"核对了 {len(paths)} 份里的 {count} 个数，{f'{len(strange)} 个与结果不符：' if strange else '与结果一致。'}"
    )
    lines += first_lines(strange)
    if unwritten:
        lines.append(f"还没有填写：{'、'.join(unwritten)}")
    return "\n".join(lines)


def _rank(text: str) -> int | None:
    """How many ranks are commended; None where that is left open."""
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or not int(text):
        raise Refused(f"“{text}”不是名次，请填 1 以上的整数，或不填。")
    return int(text)


def _is_yes(text: str) -> bool:
    if text.strip() not in ("是", "否"):
        raise Refused(f"“{text}”既不是“是”也不是“否”，没有生成文书；请再按一次。")
    return text.strip() == "是"
