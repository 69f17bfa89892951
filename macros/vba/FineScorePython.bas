Attribute VB_Name = "FineScorePython"
Option Explicit
Option Private Module

' How cells and buttons reach Python, through the DLL of xlwings, whose declaration and way of starting Python are its own:
'
{{ licence }}

#If Win64 Then
Private Const LIBRARY As String = "{{ library_64 }}"
{{ declaration_64 }}
#Else
Private Const LIBRARY As String = "{{ library_32 }}"
{{ declaration_32 }}
#End If
Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal lpLibFileName As String) As LongPtr

' Python did not start, or has ended.
Private Const NO_ANSWER As Long = 1000

' For so long, as a part of a day, cells do not ask a Python again that did not start: a thousand of them would wait for it.
Private Const PATIENCE As Double = 1 / 1440

' The command line that starts Python, from the first time it is needed on: no cell reads the configuration again.
Private StartCommand As String

' When Python was last found not to start, and what to say about it.
Private FailedAt As Date
Private FailureText As String

' What a function of ours gives in a cell; whatever goes wrong on the way to Python, one short text.
Public Function ValueOf(ByVal Name As String, ByVal Arguments As Variant) As Variant
    On Error GoTo Failed
    ' Not the workbook, which xlwings would hold: Excel could not end then after its last window is closed.
    ValueOf = XLPy.CallUDF("udfs", "" & Name, (Arguments), Nothing, Application.Caller)
    Exit Function
Failed:
    ValueOf = FailureText
    If FailureText = "" Then ValueOf = NoAnswerText()
End Function

' Runs a function of the ribbon's Python on a workbook.
Public Sub RunRibbon(ByVal Wb As Workbook, ByVal FunctionCall As String)
    XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", Wb
    XLPy.Exec "import macros.excel.ribbon; macros.excel.ribbon." & FunctionCall
End Sub

' Has Python asked again, though it has just been found not to start.
Public Sub AskAgain()
    FailedAt = 0
End Sub

' The server of xlwings in Python, which is started where it does not run. An error where it does not answer.
Public Function XLPy() As Object
    Dim Server As Variant
    If Now >= FailedAt + PATIENCE Then Reach Server
    If Not IsObject(Server) Then Err.Raise NO_ANSWER
    Set XLPy = Server
End Function

' Ends the Python that was started: what it holds of Excel could keep Excel from ending. Another call starts another one.
Public Sub EndPython()
    Dim Unused As Variant
    On Error Resume Next
    If StartCommand <> "" Then XLPyDLLActivateAuto Unused, StartCommand, -1
End Sub

' Puts the server into a variable, or notes what to say about it.
Private Sub Reach(ByRef Server As Variant)
    On Error GoTo Failed
    If StartCommand = "" Then StartCommand = CommandLine()
    If XLPyDLLActivateAuto(Server, StartCommand, 1) = 0 Then
        FailureText = ""
        Exit Sub
    End If
Failed:
    FailedAt = Now
    ' Without the DLL there is no command line.
    FailureText = IIf(StartCommand = "", NoPythonText(), NoAnswerText())
    StartCommand = ""
End Sub

' The command line for the DLL, which is loaded: it lies beside Python's program or one folder up. An error without it.
Private Function CommandLine() As String
    Dim Interpreter As String
    Interpreter = InterpreterPath()
    If LoadLibrary(ParentFolder(Interpreter) & "\" & LIBRARY) = 0 Then
        If LoadLibrary(ParentFolder(ParentFolder(Interpreter)) & "\" & LIBRARY) = 0 Then Err.Raise NO_ANSWER
    End If
    ' /C: when Python ends so does the command interpreter, and the DLL sees that nobody is going to answer.
    ' -I: Python takes modules neither from the current folder nor from where environment variables point.
    ' The quotes are as the command interpreter wants them around a command that has quotes itself.
    CommandLine = CommandInterpreter() & " /C """"" & Interpreter & """ -I -B -c ""import macros.excel.server; " & _
        "macros.excel.server.serve('$(CLSID)')"""""
End Function

' Windows' command interpreter, quoted. By its name alone Windows would look for it in the current folder first.
Private Function CommandInterpreter() As String
    CommandInterpreter = Environ("ComSpec")
    If CommandInterpreter = "" Then CommandInterpreter = "cmd.exe"
    CommandInterpreter = """" & CommandInterpreter & """"
End Function

' Whether the interpreter that the user's configuration names is on this computer.
Public Function PythonIsThere() As Boolean
    PythonIsThere = FileExists(InterpreterPath())
End Function

' The interpreter that the user's own file names; no sheet of a workbook and no file beside one chooses it. Empty if none.
Private Function InterpreterPath() As String
    Dim Path As String, Number As Integer, Key As String, Setting As String
    Path = Environ("USERPROFILE") & "\.{{ project }}\{{ project }}.conf"
    If Not FileExists(Path) Then Exit Function
    Number = FreeFile
    Open Path For Input As #Number
    Do While Not EOF(Number)
        Input #Number, Key, Setting
        If Key = "INTERPRETER_WIN" Then
            InterpreterPath = Setting
            Exit Do
        End If
    Loop
    Close #Number
End Function

Private Function FileExists(ByVal Path As String) As Boolean
    Dim Found As Long
    If Path = "" Then Exit Function
    On Error Resume Next
    Found = GetAttr(Path)
    If Err.Number = 0 Then FileExists = ((Found And vbDirectory) = 0)
End Function

Private Function ParentFolder(ByVal Path As String) As String
    If InStrRev(Path, "\") > 0 Then ParentFolder = Left$(Path, InStrRev(Path, "\") - 1)
End Function

' What to tell where the interpreter or its DLL is missing, in a message or a cell; Chinese by code points, for VBA source
' is ASCII.
Public Function NoPythonText() As String
    NoPythonText = {{ no_python }}
End Function

' What to tell where Python is there and does not answer.
Public Function NoAnswerText() As String
    NoAnswerText = {{ no_answer }}
End Function
