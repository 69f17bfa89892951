"""One assessment, from the workbooks sent out to the ranking: the only place where files and scoring meet."""
