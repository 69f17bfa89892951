"""The VBA functions that stand in cells: each hands its arguments to the function of its name in `udfs`."""

from __future__ import annotations

from udfs.catalogue import FUNCTIONS, CellFunction

WRAPPER_NAME = "FineScoreFunctions"
"""The VBA module of these functions."""

_SEVERAL = """\
    Dim Given() As Variant, k As Long
    Given = Array()
    If UBound({0}) >= 0 Then ReDim Given(0 To UBound({0}))
    For k = 0 To UBound({0})
        ' Without Set, a range would be the values of its first area.
        If IsObject({0}(k)) Then
            Set Given(k) = {0}(k)
        Else
            Given(k) = {0}(k)
        End If
    Next k
"""
"""The arguments of a ParamArray, as Python takes them."""


def wrapper_module() -> str:
    """The source of the module, lines ended by line feeds."""
    head = f'Attribute VB_Name = "{WRAPPER_NAME}"\nOption Explicit\n'
    return head + "".join(_wrapper(function) for function in sorted(FUNCTIONS, key=lambda f: f.name))


def _wrapper(function: CellFunction) -> str:
    arguments = ", ".join(
        f"ParamArray {a.name}() As Variant" if a.repeated else f"Optional {a.name}" if a.optional else a.name
        for a in function.arguments
    )
    names = [a.name for a in function.arguments]
    # From the cell that calls, a function that looks something up knows the workbook's year.
    given = f"Array({', '.join([*names, *(['Application.Caller'] if function.looks_up else [])])})"
    several = ""
    if function.arguments[-1].repeated:
        several, given = _SEVERAL.format(names[-1]), "Given"
    return (
        f"\nFunction {function.name}({arguments}) As Variant\n{several}"
        f'    {function.name} = ValueOf("{function.name}", {given})\nEnd Function\n'
    )
