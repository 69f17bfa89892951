@echo off
chcp 936 >nul
rem This file is GBK with CRLF; cmd reads it in the code page set above. Folder names stand inside quotes only, and no
rem command is a block in brackets, so that a folder may have any name.
rem How a program ended is asked of errorlevel, which other command interpreters know too.
setlocal EnableExtensions DisableDelayedExpansion
title 安装“精细化考核”加载项
rem What other software has set for its own Python.
set "PYTHONHOME="
set "PYTHONPATH="

if exist "%~dp0..\..\pyproject.toml" goto unpacked
echo 请先把下载的压缩包完整解压到一个文件夹，再双击里面的“安装.cmd”。
goto failed

:unpacked
set "HERE=%~dp0"
if not "%HERE:~150,1%"=="" goto deep
rem Excel open holds the add-in and, through its Python, the environment: what is renewed would be left half old.
for /f "tokens=1" %%E in ('%SystemRoot%\System32\tasklist.exe /fi "imagename eq EXCEL.EXE" /nh') do if /i "%%E"=="EXCEL.EXE" goto open

rem xlwings brings its DLLs for these Pythons only, and what the Store's Python writes Excel does not see.
set "BASE="
set "SUITABLE=import sys, sysconfig; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14) and sysconfig.get_platform() == 'win-amd64' and 'WindowsApps' not in sys.base_prefix))"
rem A Python that came with the package is taken before any that is installed.
set "OWN=%~dp0python\python.exe"
"%OWN%" -I -c "%SUITABLE%" >nul 2>nul
if not "%errorlevel%"=="0" goto installed
set BASE="%OWN%"
goto found

:installed
set "OWN="
for %%P in ("py.exe -3.14" "py.exe -3.13" "py.exe -3.12" "py.exe -3.11" "python.exe") do call :try %%~P
if defined BASE goto found
echo 没有找到合适的 Python。请到 https://www.python.org/downloads/windows/ 下载 64 位（64-bit）的 Python 3.13，
echo 按默认选项安装（不需要管理员权限；不要用微软商店里的），再双击“安装.cmd”。不能上网时，请信息部门安装。
goto failed

:found
rem The environment's path has to be ASCII. Under ProgramData others may write, so that place is closed to them.
set "PLACE=%LOCALAPPDATA%\FineScore"
%BASE% -I -c "import os, sys; sys.exit(os.environ['LOCALAPPDATA'].isascii())"
if not "%errorlevel%"=="0" goto placed
for /f "tokens=2 delims=," %%S in ('%SystemRoot%\System32\whoami.exe /user /fo csv /nh') do set "SID=%%~S"
set "PLACE=%ProgramData%\FineScore-%SID%"
if not exist "%PLACE%\" md "%PLACE%"
"%SystemRoot%\System32\icacls.exe" "%PLACE%" /inheritance:r /grant:r "*%SID%:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" >nul
if not "%errorlevel%"=="0" goto failed

:placed
set "PYTHON=%PLACE%\Scripts\python.exe"
if defined OWN goto own
if not exist "%PLACE%\pyvenv.cfg" goto make
"%PYTHON%" -I -c "%SUITABLE%" >nul 2>nul
if not "%errorlevel%"=="0" goto make
goto made

:make
echo 正在准备 Python 环境……
%BASE% -I -m venv --clear "%PLACE%"
if not "%errorlevel%"=="0" goto failed

:made
echo 正在安装程序包，请稍候……
rem Whatever pip.ini and PIP_ variables say of user, target and prefix; of a proxy or an index they are heard.
set "WHEELS="
if exist "%~dp0wheels\*.whl" set WHEELS=--no-index --find-links "%~dp0wheels"
"%PYTHON%" -I -m pip install --disable-pip-version-check --no-input --quiet --force-reinstall --no-user --target= --prefix "%PLACE%" %WHEELS% "%~dp0..\.."
if not "%errorlevel%"=="0" goto failed
goto ready

:own
echo 正在放置安装包自带的 Python 和程序，请稍候……
"%OWN%" -I "%~dp0unpack.py" "%PLACE%"
if not "%errorlevel%"=="0" goto failed

:ready
"%PYTHON%" -I -m xladdin addin install
if not "%errorlevel%"=="0" goto failed
echo.
echo 体检结果（带 × 的请按“办法”处理）：
"%PYTHON%" -I -m xladdin addin status
echo.
pause
exit /b 0

:try
rem The first suitable one is taken.
if defined BASE exit /b 0
%* -I -c "%SUITABLE%" >nul 2>nul
if not "%errorlevel%"=="0" exit /b 0
set "BASE=%*"
exit /b 0

:deep
echo 解压到的文件夹路径太长，里面的文件 Windows 可能读不到。请解压到短一些的路径，如 D 盘下的一个文件夹，再双击“安装.cmd”。
goto failed

:open
echo Excel 正开着。请保存并关闭全部 Excel 窗口，再双击“安装.cmd”。看不到窗口的，请注销或重新启动电脑后再试。

:failed
echo.
echo 没有安装成功，原因见上。处理以后请再双击“安装.cmd”；反复不成时，请把这个窗口截图发给维护人员。
echo 不能上网的电脑：请先把 wheels 文件夹放在“安装.cmd”旁边（做法见使用手册 2.3），再双击“安装.cmd”。
pause
exit /b 1
