"""Server-side printing: the columns of tables, as kubectl shows them."""
