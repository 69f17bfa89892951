"""The folder of one assessment: 任务分解表, tracking, sealed results, corrections."""
