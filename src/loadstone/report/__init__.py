"""Reports: what was decided, in words and pictures. Pure: a value goes in, a text comes out."""
