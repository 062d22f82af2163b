"""Reading and comparing pprof profiles. Pure: bytes in, values out."""
