"""Reads a written page back and says which of its lines are false.

Shares nothing with the writer but the names of the quantities: its own TeX reader, its own arithmetic on polynomials,
its own rules of rounding. Numbers come from FLINT, as everywhere.
"""
