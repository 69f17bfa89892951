"""部门评价表, 专家评议表 and the office's 评分表: the sheets, reading them, and merging what several have judged."""
