"""封存.json: what a sealed result was made of and by which program, so that it can be proven later.

It holds the SHA-256 of everything in the result's folder and of every returned file that counted. Its own, 核验码, is said
when a result is sealed: whoever has noted it sees later that nothing was replaced together with the seal.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import xladdin
from xladdin.classes import fields, record
from xladdin.issues import Refused
from xladdin.records import Faults, read
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import NotComparable, Results, load_results
from xladdin.rounds.folder import digest_of
from xladdin.scheme.model import Scheme
from xladdin.words import ISSUED_FOLDER, RESULTS_FOLDER, RETURNED_FOLDER, SEALED_SCHEMES

DATA_FILE = "results.json"
SEAL_FILE = "封存.json"

_ANY_NAME = "surrogatepass"
"""Names of files need not be proper text."""


@record(kw_only=True)
class Seal:
    """What 封存.json holds. Paths are written with `/`."""

    program: str
    """The version of the program that sealed the result."""
    sealed: str
    """When, as ISO 8601; the one time stamp in the workbooks."""
    returned: dict[str, str]
    """SHA-256 of the returned files that counted, by their path in 回收."""
    files: dict[str, str]
    """SHA-256 of what lies beside the seal, by its path in the result's folder."""
    issued: dict[str, str]
    """SHA-256 of the issued forms whose 任务量 counted, by their path in 下发."""
    corrects: str | None = None
    """The folder of the result that this one corrects."""

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.sealed)


def sealed_files(
    scheme: Scheme,
    folder: Path,
    files: Mapping[str, bytes],
    result: Consolidation,
    generated: datetime,
    corrects: str | None = None,
) -> dict[str, bytes]:
    """All files of a result that is to be sealed: those given, its scheme, and the seal over all of them.

    `folder` is the round's.
    """
    returned, issued = (folder.absolute() / name for name in (RETURNED_FOLDER, ISSUED_FOLDER))
    own = {f"{SEALED_SCHEMES}/{scheme.source.version}/{name}": data for name, data in scheme.files.items()}
    everything = {**files, **own}
    seal = Seal(
        program=xladdin.__version__,
        sealed=generated.isoformat(),
        returned={
            path.absolute().relative_to(returned).as_posix(): digest_of(path)
            for path in sorted(result.inputs)
            if path.absolute().is_relative_to(returned)
        },
        issued={
            file.path.absolute().relative_to(issued).as_posix(): file.sha256
            for file in result.files
            if file.path.absolute().is_relative_to(issued)
        },
        files={name: hashlib.sha256(data).hexdigest() for name, data in everything.items()},
        corrects=corrects,
    )
    data = {f.name: value for f in fields(Seal) if (value := getattr(seal, f.name)) is not None}
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    return {**everything, SEAL_FILE: text.encode("utf-8", _ANY_NAME)}


def load_seal(result: Path) -> Seal | None:
    """The seal of a result; nothing where it was sealed by a program that wrote none. `Refused` where it is damaged or gone."""
    path = result / SEAL_FILE
    if not path.exists():
        if _had_a_seal(result):
            raise Refused(f"{path} 缺失：这次结果是会写封存的程序封存的；请从备份恢复")
        return None
    faults: Faults = []
    try:
        seal = read(Seal, json.loads(path.read_text("utf-8", _ANY_NAME)), faults)
        if seal:
            seal.time  # noqa: B018 - to be found out here
    except (ValueError, RecursionError):
        seal = None
    if seal is None:
        raise Refused(f"{path} 已损坏，不能核验；请从备份恢复")
    return seal


def load_sealed(path: Path) -> Results:
    """What results.json holds, of a sealed result only as it was sealed; `Refused` where it was changed or its seal is gone."""
    data, folder = load_results(path), path.absolute().parent
    is_sealed = (folder / SEAL_FILE).exists() or folder.parent.name == RESULTS_FOLDER
    seal = load_seal(folder) if is_sealed else None
    if seal and seal.files.get(path.name, digest_of(path)) != digest_of(path):
        raise Refused(f"{path} 的文件封存以后有改动，没有采用；请从备份恢复")
    return data


def _had_a_seal(result: Path) -> bool:
    """Whether results.json says what only programs that write a seal say."""
    try:
        data = load_results(result / DATA_FILE)
    except NotComparable:  # said by whoever needs it
        return False
    return "outline" in data and all("fields" in district for district in data["districts"])


def check_code(result: Path) -> str:
    """核验码 of a sealed result: the first digits of the SHA-256 of its seal; nothing where there is none."""
    digest = digest_of(result / SEAL_FILE)[:16]
    return "-".join(digest[n : n + 4] for n in range(0, len(digest), 4))
