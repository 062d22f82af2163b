module loadstone.test/real/pause

go 1.24.0
