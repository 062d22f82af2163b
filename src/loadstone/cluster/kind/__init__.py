"""The provider `kind`: clusters in Docker, made by the program kind and gone afterwards."""
