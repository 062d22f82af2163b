module loadstone.test/planted

go 1.24
