module c4ang.com/lab/sample-service

go 1.24
