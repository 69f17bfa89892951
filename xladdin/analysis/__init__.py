"""What a result means: how firm the ranking is, where points are lost, how a year compares with another. Nothing here counts."""
