@echo off
chcp 936 >nul
rem This file is GBK with CRLF; cmd reads it in the code page set above. Folder names stand inside quotes only, and no
rem command is a block in brackets, so that a folder may have any name.
setlocal EnableExtensions DisableDelayedExpansion
title 安装“精细化考核”加载项

if exist "%~dp0..\..\pyproject.toml" goto unpacked
echo 请先把下载的压缩包完整解压到一个文件夹，再双击里面的“安装.cmd”。
goto failed

:unpacked
rem Excel open holds the add-in and, through its Python, the environment: what is renewed would be left half old.
"%SystemRoot%\System32\tasklist.exe" /fi "imagename eq EXCEL.EXE" /nh 2>nul | "%SystemRoot%\System32\find.exe" /i "EXCEL.EXE" >nul && goto open

rem xlwings brings its DLLs for these Pythons only, and what the Store's Python writes Excel does not see.
set "SUITABLE=import sys, sysconfig; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14) and sysconfig.get_platform() == 'win-amd64' and 'WindowsApps' not in sys.base_prefix))"
for %%P in ("py.exe -3.14" "py.exe -3.13" "py.exe -3.12" "py.exe -3.11" "python.exe") do %%~P -c "%SUITABLE%" >nul 2>nul && set "BASE=%%~P" && goto found
echo 没有找到合适的 Python。请到 https://www.python.org/downloads/windows/ 下载 64 位（64-bit）的 Python 3.13，
echo 按默认选项安装（不需要管理员权限；不要用微软商店里的），再双击“安装.cmd”。不能上网时，请信息部门安装。
goto failed

:found
rem The environment's path has to be ASCII. Under ProgramData others may write, so that place is closed to them.
set "PLACE=%LOCALAPPDATA%\FineScore"
%BASE% -c "import os, sys; sys.exit(not os.environ['LOCALAPPDATA'].isascii())" && goto placed
for /f "tokens=2 delims=," %%S in ('%SystemRoot%\System32\whoami.exe /user /fo csv /nh') do set "SID=%%~S"
set "PLACE=%ProgramData%\FineScore-%SID%"
if not exist "%PLACE%\" md "%PLACE%"
"%SystemRoot%\System32\icacls.exe" "%PLACE%" /inheritance:r /grant:r "*%SID%:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" >nul || goto failed

:placed
set "PYTHON=%PLACE%\Scripts\python.exe"
"%PYTHON%" -I -c "%SUITABLE%" >nul 2>nul && goto made
echo 正在准备 Python 环境……
%BASE% -I -m venv --clear "%PLACE%" || goto failed

:made
echo 正在安装程序包，请稍候……
set "WHEELS="
if exist "%~dp0wheels\*.whl" set WHEELS=--no-index --find-links "%~dp0wheels"
"%PYTHON%" -I -m pip install --disable-pip-version-check --no-input --quiet --force-reinstall %WHEELS% "%~dp0..\.." || goto failed
"%PYTHON%" -I -m xladdin addin install || goto failed
echo.
echo 体检结果（带 × 的请按“办法”处理）：
"%PYTHON%" -I -m xladdin addin status
echo.
pause
exit /b 0

:open
echo Excel 正开着。请保存并关闭全部 Excel 窗口，再双击“安装.cmd”。看不到窗口的，请注销或重新启动电脑后再试。

:failed
echo.
echo 没有安装成功，原因见上。处理以后请再双击“安装.cmd”；反复不成时，请把这个窗口截图发给维护人员。
echo 不能上网的电脑：请先把 wheels 文件夹放在“安装.cmd”旁边（做法见使用手册 2.3），再双击“安装.cmd”。
pause
exit /b 1
