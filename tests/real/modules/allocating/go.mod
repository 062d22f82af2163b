module allocating

go 1.22
