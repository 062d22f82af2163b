module loadstone.test/toolchains

go 1.22
