@echo off
chcp 936 >nul
rem This file is GBK with CRLF; cmd reads it in the code page set above. Folder names stand inside quotes only, and no
rem command is a block in brackets, so that a folder may have any name.
rem How a program ended is asked of errorlevel, which other command interpreters know too.
setlocal EnableExtensions DisableDelayedExpansion
title 卸载“精细化考核”加载项

rem The two places where the installer makes the environment, and the name that is given to it below.
set "PLACE=%LOCALAPPDATA%\FineScore"
if exist "%PLACE%\Scripts\" goto found
if exist "%PLACE%.uninstalled\" goto renamed
for /f "tokens=2 delims=," %%S in ('%SystemRoot%\System32\whoami.exe /user /fo csv /nh') do set "SID=%%~S"
set "PLACE=%ProgramData%\FineScore-%SID%"
if exist "%PLACE%\Scripts\" goto found
if exist "%PLACE%.uninstalled\" goto renamed
echo 没有找到“安装.cmd”准备的 Python 环境：没有安装过，或者已经卸载。
echo Excel 里仍有“精细化考核”标签时，请照《使用手册》2.5 手工删除。
goto failed

:found
set "PYTHON=%PLACE%\Scripts\python.exe"
"%PYTHON%" -I -c "import xladdin" >nul 2>nul
if not "%errorlevel%"=="0" goto broken
"%PYTHON%" -I -m xladdin addin uninstall
if not "%errorlevel%"=="0" goto failed
rem Windows renames no folder of which a file is in use: so the environment goes as a whole, or stays as a whole.
move "%PLACE%" "%PLACE%.uninstalled" >nul 2>nul
if not "%errorlevel%"=="0" goto busy

:renamed
rd /s /q "%PLACE%.uninstalled"
if exist "%PLACE%.uninstalled\" goto busy
echo 已删除“安装.cmd”准备的 Python 环境。卸载完成。
echo.
pause
exit /b 0

:broken
echo 这个 Python 环境已经不能用。请再双击“安装.cmd”，装好以后再双击“卸载.cmd”；或者照《使用手册》2.5 手工删除。
goto failed

:busy
echo 有程序还在使用“安装.cmd”准备的 Python 环境，没有删除。请关闭全部 Excel 窗口，再双击“卸载.cmd”；仍然不行时，请重新启动电脑再试。

:failed
echo.
echo 没有卸载完，原因见上。反复不成时，请把这个窗口截图发给维护人员。
pause
exit /b 1
