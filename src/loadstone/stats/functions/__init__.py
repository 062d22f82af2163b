"""Functions of a program, base against head: which of them cost another amount than before."""
