"""部门评价表, 专家评议表 and 市精细化办评分表: the sheets, reading them, and merging what several have judged."""
