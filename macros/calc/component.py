"""What LibreOffice loads: the services of the extension. The work itself is done by `macros.calc`.

This file must still load where Python is too old for the rest, to say so.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

import uno
import unohelper
from com.sun.star.frame import XDispatchProvider, XNotifyingDispatch
from com.sun.star.lang import XInitialization, XServiceInfo, XServiceName
from com.sun.star.sheet import XAddIn
from com.sun.star.task import XJob
from org.finescore import XCaller, XCellFunctions

Uno = Any

MINIMUM = (3, 11)
TOO_OLD = "错误：LibreOffice 自带的 Python 为 %d.%d，精细化考核扩展需要 %d.%d 以上，请换用较新的 LibreOffice"
BROKEN = "错误：精细化考核扩展没有装好（%s），请重新安装"


class _Work:
    """The package that does the work, imported when it is first needed."""

    loaded: Uno = None
    problem = ""

    @classmethod
    def get(cls) -> Uno:
        """The package, or None where it cannot be used; `problem` then says why, in Chinese."""
        if cls.loaded is None and not cls.problem:
            if sys.version_info < MINIMUM:
                cls.problem = TOO_OLD % (sys.version_info[:2] + MINIMUM)
                return None
            try:
                # The functions are registered with xlwings wherever it is found; here they are Calc's.
                hidden = sys.modules.get("xlwings")
                sys.modules["xlwings"] = None  # type: ignore[assignment]
                from macros.calc import office

                del sys.modules["xlwings"]
                if hidden:
                    sys.modules["xlwings"] = hidden
                cls.loaded = office
            except Exception as error:  # whatever it is, a cell and a menu have to say it
                traceback.print_exc()
                cls.problem = BROKEN % error
        return cls.loaded


class _Service(unohelper.Base, XServiceInfo):  # type: ignore[misc]
    """A service named like its implementation."""

    name = ""
    more: tuple[str, ...] = ()

    def __init__(self, context: Uno, *arguments: Uno) -> None:
        self.context = context

    def getImplementationName(self) -> Uno:  # noqa: N802
        return self.name

    def getSupportedServiceNames(self) -> Uno:  # noqa: N802
        return (self.name, *self.more)

    def supportsService(self, name: Uno) -> Uno:  # noqa: N802
        return name in self.getSupportedServiceNames()


class Caller(_Service, XCaller):  # type: ignore[misc]
    """Computes a function for the Basic behind the cells, which hands over ranges as they are."""

    name = "org.finescore.Caller"

    def call(self, function: Uno, arguments: Uno) -> Uno:
        work = _Work.get()
        return work.computed(function, arguments) if work else _Work.problem


class CellFunctions(_Service, XCellFunctions, XAddIn, XServiceName):  # type: ignore[misc]
    """The functions as Calc's function wizard lists them; names and texts stand in CalcAddIns.xcu as well."""

    name = "org.finescore.CellFunctions"
    more = ("com.sun.star.sheet.AddIn",)
    locale: Uno = None

    def getServiceName(self) -> Uno:  # noqa: N802
        return self.name

    def setLocale(self, locale: Uno) -> None:  # noqa: N802
        self.locale = locale

    def getLocale(self) -> Uno:  # noqa: N802
        return self.locale

    def getProgrammaticFuntionName(self, shown: Uno) -> Uno:  # noqa: N802 - the interface's spelling
        return _described("method_of", shown)

    def getDisplayFunctionName(self, method: Uno) -> Uno:  # noqa: N802
        return _described("function_of", method)

    def getFunctionDescription(self, method: Uno) -> Uno:  # noqa: N802
        return _described("description_of", method)

    def getDisplayArgumentName(self, method: Uno, number: Uno) -> Uno:  # noqa: N802
        return _described("argument_name_of", method, number)

    def getArgumentDescription(self, method: Uno, number: Uno) -> Uno:  # noqa: N802
        return _described("argument_text_of", method, number)

    def getProgrammaticCategoryName(self, method: Uno) -> Uno:  # noqa: N802
        return "Add-In"

    def getDisplayCategoryName(self, method: Uno) -> Uno:  # noqa: N802
        return _described("category_of", method)

    def __getattr__(self, method: Uno) -> Uno:
        # Every other method of the interface is a function of the cells.
        if not method.startswith("fs"):
            raise AttributeError(method)

        def function(*arguments: Uno) -> Uno:
            work = _Work.get()
            return work.computed_by_method(method, arguments) if work else _Work.problem

        return function


def _described(what: Uno, *arguments: Uno) -> Uno:
    work = _Work.get()
    return getattr(work, what)(*arguments) if work else ""


class Job(_Service, XJob):  # type: ignore[misc]
    """Runs at LibreOffice's start and at the events of documents, as Jobs.xcu says."""

    name = "org.finescore.Job"

    def execute(self, arguments: Uno) -> None:
        work = _Work.get()
        given = {outer.Name: {inner.Name: inner.Value for inner in outer.Value or ()} for outer in arguments}
        environment = given.get("Environment", {})
        try:
            if work:
                work.follow(self.context, environment.get("EventName"), environment.get("Model"))
        except Exception:  # a job that fails must never keep a document from being opened or saved
            traceback.print_exc()


class Menu(_Service, XInitialization, XDispatchProvider, XNotifyingDispatch):  # type: ignore[misc]
    """Does what the menu's entries say, whose addresses are `org.finescore:` and an action."""

    name = "org.finescore.Menu"
    frame: Uno = None

    def initialize(self, arguments: Uno) -> None:
        self.frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Uno, target: Uno, flags: Uno) -> Uno:  # noqa: N802
        return self if url.Protocol == "org.finescore:" else None

    def queryDispatches(self, requests: Uno) -> Uno:  # noqa: N802
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url: Uno, arguments: Uno) -> None:
        self.dispatchWithNotification(url, arguments, None)

    def dispatchWithNotification(self, url: Uno, arguments: Uno, listener: Uno) -> None:  # noqa: N802
        work = _Work.get()
        said = work.press(self.context, url.Path, self.frame, arguments) if work else _Work.problem
        window = self.frame.getContainerWindow()
        if window.isVisible():  # nobody would ever close the box of a document that is opened without a window
            kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX")
            window.getToolkit().createMessageBox(window, kind, 1, "精细化考核", said).execute()
        if listener:
            event = uno.createUnoStruct("com.sun.star.frame.DispatchResultEvent")
            event.State, event.Result = 1, said
            listener.dispatchFinished(event)

    def addStatusListener(self, listener: Uno, url: Uno) -> None:  # noqa: N802
        pass

    def removeStatusListener(self, listener: Uno, url: Uno) -> None:  # noqa: N802
        pass


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the name LibreOffice looks for
for _service in (Caller, CellFunctions, Job, Menu):
    g_ImplementationHelper.addImplementation(_service, _service.name, (_service.name, *_service.more))
