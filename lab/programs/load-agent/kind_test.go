package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestFlagsAreGuessedFromEnvoysTexts(t *testing.T) {
	envoy := http.Header{"Server": {"envoy"}}
	for _, c := range []struct {
		status int
		header http.Header
		body   string
		want   string
	}{
		{200, envoy, "", ""},
		{503, envoy, "no healthy upstream", "503 UH"},
		{503, envoy, "", "503 NC"},
		{404, envoy, "", "404 NR"},
		{504, envoy, "upstream request timeout", "504 UT"},
		{500, http.Header{"Server": {"envoy"}, "X-App-Version": {"v1"}}, "", "500"},
		{503, http.Header{"X-Envoy-Response-Flags": {"NC"}}, "", "503 NC"},
	} {
		if got := kindOf(&http.Response{StatusCode: c.status, Header: c.header}, c.body); got != c.want {
			t.Errorf("%d %q: %q, want %q", c.status, c.body, got, c.want)
		}
	}
}

func TestTransportErrorsAreTheirOwnKind(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	address := service.URL
	service.Close()
	_, err := http.Get(address)
	if kind := transportKind(err); kind != "transport: connection refused" {
		t.Errorf("%v: %s", err, kind)
	}
}
