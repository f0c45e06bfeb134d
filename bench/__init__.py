"""Invented people at any size: the sample of the demo and the data of the benchmark."""
