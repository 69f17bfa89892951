"""The commands that explain results: how firm a ranking is, and how one year compares with another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.cli.terminal import DONE, now, progress_bar, refuse_overwriting, say, write
from xladdin.words import ANALYSIS_KIND, YEARS_KIND

if TYPE_CHECKING:
    from xladdin.files import Progress
    from xladdin.results.consolidation import Consolidation
    from xladdin.scheme.model import Scheme


def analyse(scheme: Scheme, results: Path, output: Path) -> int:
    """排名有多稳：换口径、差一个单位、少一项会怎样，离上一名差多少（内部资料，不属于考核结果）。"""
    from xladdin.analysis.firmness import analysis_workbook
    from xladdin.analysis.readings import spread
    from xladdin.results.stored import load_results
    from xladdin.results.stored import results as as_data
    from xladdin.rounds.sealing import round_of, sealed_results
    from xladdin.rounds.seals import DATA_FILE

    folder = results.absolute().parent
    is_sealed = results.name == DATA_FILE and folder in sealed_results(round_of(folder))
    if results.suffix.lower() == ".json" and not is_sealed:
        refuse_overwriting([output], [results])
        write({output: analysis_workbook(scheme, load_results(results), None, now())})
    else:
        with progress_bar(ANALYSIS_KIND) as progress:
            result = _result(scheme, results, progress)
            refuse_overwriting([output], result.inputs)
            firm = spread(result, progress)
            workbook = analysis_workbook(result.scheme, as_data(result), firm, now())
        write({output: workbook})
    say(f"{ANALYSIS_KIND}（内部资料）：{output}")
    return DONE


def _result(scheme: Scheme, path: Path, progress: Progress | None) -> Consolidation:
    """A sealed result, or the newest of a round; of any other folder or file what it holds."""
    from xladdin.results.consolidation import consolidate
    from xladdin.rounds.folder import round_home
    from xladdin.rounds.verifying import newest_of, worked_out_again
    from xladdin.words import RETURNED_FOLDER

    if path.suffix.lower() == ".json":
        return worked_out_again(path.absolute().parent, progress)
    folder = round_home(path)
    if not (folder / RETURNED_FOLDER).is_dir():
        return consolidate(scheme, [path], None, progress)
    return newest_of(scheme, folder, progress)


def compare_years(before: Path, after: Path, output: Path) -> int:
    """比较两个年度（或两轮）的结果：名次、总分、各项得分率、指标完成率，按名称对应。"""
    from xladdin.analysis.matching import two_sides
    from xladdin.analysis.years import years_lines, years_workbook
    from xladdin.rounds.seals import load_sealed

    old, new = two_sides(load_sealed(before), load_sealed(after))
    refuse_overwriting([output], [before, after])
    say("\n".join(years_lines(old, new)))
    write({output: years_workbook(old, new, now())})
    say(f"{YEARS_KIND}：{output}")
    return DONE
