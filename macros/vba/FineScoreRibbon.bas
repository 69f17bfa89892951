Attribute VB_Name = "FineScoreRibbon"
Option Explicit

' The callbacks that customUI14.xml names. All buttons share one: a button's id is the name of its function in Python.

Public Sub OnPress(control As IRibbonControl)
    On Error GoTo Failed
    If ActiveWorkbook Is Nothing Then
        MsgBox control.Tag, vbExclamation
    ElseIf Not PythonIsThere() Then
        MsgBox NoPythonText(), vbExclamation
    Else
        RunPython "import macros.excel.ribbon; macros.excel.ribbon.press('" & control.ID & "')"
    End If
    Exit Sub
Failed:
    MsgBox Err.Description, vbExclamation
End Sub
{% if not is_addin %}

' The add-in has the same tab: while it is loaded, this workbook's own is hidden.
Public Sub GetTabVisible(control As IRibbonControl, ByRef returnedVal)
    returnedVal = Not AddinIsLoaded()
End Sub

' Whether the add-in, which does all that this workbook's macros do, is there.
Public Function AddinIsLoaded() As Boolean
    Dim Addin As Workbook
    On Error Resume Next
    Set Addin = Workbooks("FineScore.xlam")
    AddinIsLoaded = Not (Addin Is Nothing)
End Function
{% endif %}
