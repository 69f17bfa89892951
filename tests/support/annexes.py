"""A scheme of every shape that annexes can have, made of 2025's by a clerk's edits: years beside one another in a folder of data."""

from __future__ import annotations

from pathlib import Path

from tests.support.years import data_with

YEAR = "2026"

_SECTION = """
[[section.row]]
task = "完成亮点工作"
method_text = "详见附件 4。"
points = 10
annex = "附件4"

[[section]]
number = 4
name = "专项任务"
label = "(四) 专项任务 (20 分)"
points = 20

[[section.row]]
task = "完成专项任务"
method_text = "详见附件 3。"
points = 20
annex = "附件3"
"""

_OWN_AMOUNT = """[[section.row]]
task = "新建口袋公园 36 个"
method_text = "当年完成量/当年任务量*100%, 计 5 分。"
points = 5

[[section.row.item]]
id = "H1"
name = "口袋公园"
points = 5
method = "ratio"
clause = "当年完成量/当年任务量*100%, 计 5 分。"

[[section.row.item.indicator]]
code = "H1.1"
name = "口袋公园"
unit = "个"
whole = true
amount = 36
clause = "新建口袋公园 36 个"

[[section]]
number = 3
"""

_ANNEX3 = """[annex]
id = "附件3"
heading = "附件 3"
title = "2026 年度专项任务考核表"
columns = ["序号", "任务名称", "牵头部门", "评分方法", "分值", "得分"]
points = 20
section = 4

[[task]]
id = "P01"
number = 1
name = "积水点"
task = "消除积水点 24 处"
departments = ["市水务局"]
method_text = "当年完成量/当年任务量*100%"
points = 12
method = "ratio"

[[task.indicator]]
code = "P01.1"
name = "积水点"
unit = "处"
whole = true
amount = 24
clause = "消除积水点 24 处"

[[task]]
id = "P02"
number = 2
name = "架空线"
task = "架空线入地 60 公里"
departments = ["市水务局", "市住建局"]
method_text = "当年完成量/当年任务量*100%"
points = 8
method = "ratio"

[[task.indicator]]
code = "P02.1"
name = "架空线"
unit = "公里"
whole = false
amount = 60
clause = "架空线入地 60 公里"
"""

_ANNEX4 = """[annex]
id = "亮点表"
heading = "附件 4"
title = "2026 年度亮点工作考核表"
columns = ["序号", "工作", "评价部门", "评分方法", "分值", "得分"]
points = 10
section = 3

[reference]
full = { value = 100, basis = "各部门的考评办法以百分制评分" }

[[task]]
id = "W01"
number = 1
name = "文明创建"
task = "开展文明创建"
departments = ["市文明办"]
method_text = "参照文明创建考评办法得分"
points = 10
method = "reference"
"""


def data_with_annexes(folder: Path) -> Path:
    """A folder of data with 2025 and, of 2026, a scheme of four annexes: 附件1 assigns amounts too, one is a part's only part."""
    own = data_with(folder, "2025") / YEAR
    (folder / "2025").rename(own)
    for path in own.iterdir():
        text = path.read_text(encoding="utf-8").replace("2025 年度", "2026 年度").replace("2025年度", "2026年度")
        path.write_text(text, encoding="utf-8")
    changes = {
        "source.toml": [('version = "2025"', 'version = "2026"'), ("year = 2025", "year = 2026")],
        "annex1.toml": [
            ("points = 130", "points = 165"),
            ('label = "(二) 日常管理情况 (40 分)"\npoints = 40', 'label = "(二) 日常管理情况 (45 分)"\npoints = 45'),
            (
                'label = "(三) 数字城管运行情况 (30 分)"\npoints = 30',
                'label = "(三) 数字城管运行情况 (40 分)"\npoints = 40',
            ),
            ("[[section]]\nnumber = 3\n", _OWN_AMOUNT),
        ],
    }
    for file, pairs in changes.items():
        text = (own / file).read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (own / file).write_text(text, encoding="utf-8")
    with (own / "annex1.toml").open("a", encoding="utf-8") as annex1:
        annex1.write(_SECTION.replace('annex = "附件4"', 'annex = "亮点表"'))
    (own / "annex3.toml").write_text(_ANNEX3, encoding="utf-8")
    (own / "annex4.toml").write_text(_ANNEX4, encoding="utf-8")
    return folder
