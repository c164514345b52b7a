module c4ang.dev/actions/lab/pki

go 1.24.0
