"""FineScore.xlam and the macros of 考核总表.xlsm: their VBA and their packages, built without Excel."""
