module c4ang.com/lab/load-agent

go 1.24
