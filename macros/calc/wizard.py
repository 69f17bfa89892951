"""The cell functions as Calc knows them: method names, the interface, the wizard's texts and the Basic behind the cells."""

from __future__ import annotations

from udfs.catalogue import CATEGORY, FUNCTIONS, CellFunction

SERVICE = "org.finescore.CellFunctions"
"""The service whose methods are the functions; Calc stores their names as service and method."""

MODULE = "FineScore"
"""The Basic module in the library Standard."""

NOT_INSTALLED = f"错误：没有装好“{CATEGORY}”扩展，请安装 FineScore.oxt 后重新打开"


def method_of(function: str) -> str:
    """`fsRatio` for `FS_RATIO`."""
    return "fs" + function.removeprefix("FS_").capitalize()


FUNCTION_OF = {method_of(f.name): f.name for f in FUNCTIONS}
"""Function by method."""


def interface() -> str:
    """The UNO interface of the functions and of their caller, in UNO's own language."""
    methods = "\n".join(f"    any {method_of(f.name)}({_parameters(f)});" for f in FUNCTIONS)
    return (
        "module org { module finescore {\n"
        f"  interface XCellFunctions {{\n{methods}\n  }};\n"
        "  interface XCaller {\n    any call([in] string function, [in] sequence<any> arguments);\n  };\n"
        "}; };\n"
    )


def _parameters(function: CellFunction) -> str:
    names = [("sequence<any>" if a.repeated else "any", f"argument{n}") for n, a in enumerate(function.arguments, 1)]
    return ", ".join(f"[in] {kind} {name}" for kind, name in names)


def basic() -> str:
    """The functions in Basic. `VBASupport` makes Calc hand over ranges, in which blanks and errors can still be seen."""
    functions = "\n".join(
        f'Function {f.name}(ParamArray cells())\n  {f.name} = computed("{f.name}", cells)\nEnd Function'
        for f in FUNCTIONS
    )
    return f"""Rem {CATEGORY}：由 FineScore.oxt 写入，请勿修改
Option VBASupport 1
Private caller As Object

Private Function computed(name As String, cells)
  On Error GoTo failed
  If IsNull(caller) Then caller = createUnoService("org.finescore.Caller")
  computed = caller.call(name, cells)
  Exit Function
failed:
  computed = "{NOT_INSTALLED}"
End Function

{functions}
"""
