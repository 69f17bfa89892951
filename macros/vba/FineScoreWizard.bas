Attribute VB_Name = "FineScoreWizard"
Option Explicit
Option Private Module

' The texts of Excel's function wizard. VBA source is ASCII, so they stand in the add-in's own sheet, a row for each
' function: its name, description and category, then the description of each argument.

Private Const FIRST_ARGUMENT As Long = 4

' Gives Excel the texts. Without them the functions work all the same: whatever goes wrong, nothing is said.
Public Sub DescribeFunctions()
    Dim Updating As Boolean
    On Error Resume Next
    Updating = Application.ScreenUpdating
    Application.ScreenUpdating = False
    ' Excel takes no texts for functions of a hidden workbook, which an add-in is.
    ThisWorkbook.IsAddin = False
    DescribeAll
    ThisWorkbook.IsAddin = True
    ' Otherwise Excel would ask at its end whether to save the add-in.
    ThisWorkbook.Saved = True
    Application.ScreenUpdating = Updating
End Sub

Private Sub DescribeAll()
    Dim Table As Variant, r As Long
    Table = ThisWorkbook.Worksheets(1).UsedRange.Value
    For r = 1 To UBound(Table, 1)
        Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & Table(r, 1), Description:=Table(r, 2), _
            Category:=Table(r, 3), ArgumentDescriptions:=ArgumentTexts(Table, r)
    Next r
End Sub

Private Function ArgumentTexts(ByRef Table As Variant, ByVal r As Long) As Variant
    Dim Texts() As String, c As Long
    For c = FIRST_ARGUMENT To UBound(Table, 2)
        If IsEmpty(Table(r, c)) Then Exit For
        ReDim Preserve Texts(1 To c - FIRST_ARGUMENT + 1)
        Texts(UBound(Texts)) = Table(r, c)
    Next c
    ArgumentTexts = Texts
End Function
