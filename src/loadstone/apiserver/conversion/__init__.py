"""Conversion between kinds that one API shows and another one keeps."""
