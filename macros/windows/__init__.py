"""The add-in on a Windows machine: installing, 体检, and the files to double-click."""
