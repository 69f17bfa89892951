Attribute VB_Name = "FineScoreRibbon"
Option Explicit

' The callbacks that customUI14.xml names. All buttons share one: a button's id is the name of its function in Python.

Public Sub OnPress(control As IRibbonControl)
    Dim Mode As Long
    On Error GoTo Failed
    If ActiveWorkbook Is Nothing Then
        MsgBox control.Tag, vbExclamation
        Exit Sub
    End If
    Mode = Application.Calculation
    ' Esc is what cancels the work in Python; it must not break the macro that waits for it.
    Application.EnableCancelKey = xlDisabled
    If PythonIsThere() Then
        AskAgain
        RunRibbon ActiveWorkbook, "press('" & control.ID & "')"
    Else
        MsgBox NoPythonText(), vbExclamation
    End If
    Exit Sub
Failed:
    Restore Mode
    MsgBox NoAnswerText(), vbExclamation
End Sub

' Excel as it was before a Python that has ended in the middle of its work.
Private Sub Restore(ByVal Mode As Long)
    On Error Resume Next
    Application.Interactive = True
    Application.EnableEvents = True
    Application.ScreenUpdating = True
    Application.DisplayAlerts = True
    Application.StatusBar = False
    If Mode <> 0 Then Application.Calculation = Mode
End Sub
{% if not is_addin %}

' The add-in has the same tab: while it is loaded, this workbook's own is hidden.
Public Sub GetTabVisible(control As IRibbonControl, ByRef returnedVal)
    returnedVal = Not AddinIsLoaded()
End Sub
{% endif %}
