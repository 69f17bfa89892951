Attribute VB_Name = "FineScoreRepair"
Option Explicit
Option Private Module

' Beyond so many cells of a sheet nothing is looked for: a workbook must not open slowly on our account.
Private Const MAX_CELLS As Long = 200000

' CVErr number of #NAME?
Private Const NAME_ERROR As Long = 2029

' Reconnects the formulas of a workbook that has just been opened, when some do not find their functions.
' Opening a workbook must neither fail nor ask anything on our account: whatever goes wrong, nothing happens.
Public Sub ReconnectIfNeeded(ByVal Wb As Workbook)
    On Error GoTo Quiet
    If ActiveWorkbook.FullName <> Wb.FullName Then Exit Sub
    If Not PythonIsThere() Then Exit Sub
    If Not NeedsRepair(Wb) Then Exit Sub
    RunRibbon Wb, "reconnect()"
Quiet:
End Sub

' Whether a formula of ours does not find its function, or finds it through a path of some other computer.
Public Function NeedsRepair(ByVal Wb As Workbook) As Boolean
    Dim Ws As Worksheet
    If LinksToAddin(Wb) Then
        NeedsRepair = True
        Exit Function
    End If
    For Each Ws In Wb.Worksheets
        If SheetNeedsRepair(Ws) Then
            NeedsRepair = True
            Exit Function
        End If
    Next Ws
End Function

Private Function LinksToAddin(ByVal Wb As Workbook) As Boolean
    Dim Links As Variant, Link As Variant
    Links = Wb.LinkSources(xlExcelLinks)
    If Not IsArray(Links) Then Exit Function
    For Each Link In Links
        If InStr(1, CStr(Link), "FineScore.xlam", vbTextCompare) > 0 Then
            LinksToAddin = True
            Exit Function
        End If
    Next Link
End Function

Private Function SheetNeedsRepair(ByVal Ws As Worksheet) As Boolean
    Dim Used As Range, Formulas As Variant, r As Long, c As Long
    Set Used = Ws.UsedRange
    If HasNoFormula(Used) Then Exit Function
    ' SpecialCells and Find would be shorter, but the one fails on protected sheets and the other changes what the user
    ' last chose in the search window.
    Formulas = FormulasOf(Used)
    For r = 1 To UBound(Formulas, 1)
        For c = 1 To UBound(Formulas, 2)
            If IsOurs(Formulas(r, c)) Then
                If HasPrefix(Formulas(r, c)) Or ShowsNameError(Used.Cells(r, c)) Then
                    SheetNeedsRepair = True
                    Exit Function
                End If
            End If
        Next c
    Next r
End Function

Private Function HasNoFormula(ByVal Area As Range) As Boolean
    Dim Answer As Variant
    Answer = Area.HasFormula
    ' Null: some cells have one.
    If Not IsNull(Answer) Then HasNoFormula = Not Answer
End Function

' The formulas of the first rows, as many as MAX_CELLS allows, always as a two-dimensional array.
Private Function FormulasOf(ByVal Area As Range) As Variant
    Dim RowCount As Long, Found As Variant, OneCell(1 To 1, 1 To 1) As Variant
    RowCount = MAX_CELLS \ Area.Columns.Count
    If RowCount > Area.Rows.Count Then RowCount = Area.Rows.Count
    Found = Area.Resize(RowCount, Area.Columns.Count).Formula
    If IsArray(Found) Then
        FormulasOf = Found
    Else
        OneCell(1, 1) = Found
        FormulasOf = OneCell
    End If
End Function

Private Function IsOurs(ByVal Formula As Variant) As Boolean
    If VarType(Formula) <> vbString Then Exit Function
    If Left$(Formula, 1) = "=" Then IsOurs = InStr(1, Formula, "FS_", vbTextCompare) > 0
End Function

' A call through another workbook ('...FineScore.xlam'!FS_, [1]!FS_), or with what Excel and others put before names
' they do not know (_xludf.FS_, _xll.FS_, _xldudf_FS_).
Private Function HasPrefix(ByVal Formula As String) As Boolean
    HasPrefix = InStr(1, Formula, "!FS_", vbTextCompare) > 0 _
        Or InStr(1, Formula, ".FS_", vbTextCompare) > 0 _
        Or InStr(1, Formula, "udf_FS_", vbTextCompare) > 0
End Function

Private Function ShowsNameError(ByVal Cell As Range) As Boolean
    If IsError(Cell.Value) Then ShowsNameError = (CLng(Cell.Value) = NAME_ERROR)
End Function
{% if not is_addin %}

' Whether the add-in, which does all that this workbook's macros do, is there.
Public Function AddinIsLoaded() As Boolean
    Dim Addin As Workbook
    On Error Resume Next
    Set Addin = Workbooks("FineScore.xlam")
    AddinIsLoaded = Not (Addin Is Nothing)
End Function
{% endif %}
