module c4ang.dev/actions/lab/pause

go 1.24.0
