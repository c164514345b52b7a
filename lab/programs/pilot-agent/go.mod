module c4ang.dev/actions/lab/pilot-agent

go 1.24.0
