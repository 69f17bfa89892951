"""What leaders sign and districts receive: 通报 and 单区反馈表, filled from templates, and the check of their figures."""
