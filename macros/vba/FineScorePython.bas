Attribute VB_Name = "FineScorePython"
Option Explicit

' Whether the interpreter that the user's configuration names is on this computer.
Public Function PythonIsThere() As Boolean
    PythonIsThere = FileExists(GetConfig("INTERPRETER_WIN"))
End Function

' What xlwings.utils.prepare_sys_path is to add to Python's search path: what the user's configuration names and no more.
' Not the folder of a workbook, hence "false", and not the current one, which an empty entry at the end would stand for.
Public Function SearchPath() As String
    SearchPath = "false;;;;;"
    If GetConfig("PYTHONPATH") <> "" Then SearchPath = SearchPath & ";" & GetConfig("PYTHONPATH")
End Function

' Windows' command interpreter, quoted. By its name alone Windows would look for it in the current folder first.
Public Function CommandInterpreter() As String
    CommandInterpreter = Environ("ComSpec")
    If CommandInterpreter = "" Then CommandInterpreter = "cmd.exe"
    CommandInterpreter = Chr(34) & CommandInterpreter & Chr(34)
End Function

' What to tell where the interpreter or its DLL is missing, in a message or a cell; Chinese by code points, for VBA source
' is ASCII.
Public Function NoPythonText() As String
    NoPythonText = {{ no_python }}
End Function
