module c4ang.com/lab/load-agent

go 1.24

require golang.org/x/time v0.9.0
