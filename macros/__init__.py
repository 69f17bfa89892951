"""The Excel side: the ribbon's actions, the add-in's files and their installation."""
