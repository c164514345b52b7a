package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// kindOf names what is wrong with an answer, "" when it is good (2xx; the requests are known to be
// right, so a 404 is as wrong as a 503). Envoy's own answers carry their response flag: "503 UH".
func kindOf(response *http.Response, body string) string {
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		return ""
	}
	flags := response.Header.Get("X-Envoy-Response-Flags")
	if flags == "" || flags == "-" {
		flags = guessFlags(response, body)
	}
	if flags == "" {
		return fmt.Sprint(response.StatusCode)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, flags)
}

// guessFlags reads the flag off the texts of Envoy's local replies, for gateways that do not send it.
func guessFlags(response *http.Response, body string) string {
	if response.Header.Get("X-App-Version") != "" || response.Header.Get("X-Envoy-Upstream-Service-Time") != "" {
		return "" // the application's own answer
	}
	for _, known := range []struct{ text, flag string }{
		{"no healthy upstream", "UH"},
		{"reset reason: overflow", "UO"},
		{"connection failure", "UF"},
		{"connection timeout", "UF"},
		{"connection termination", "UC"},
		{"reset before headers", "UR"},
		{"upstream request timeout", "UT"},
	} {
		if strings.Contains(body, known.text) {
			return known.flag
		}
	}
	byEnvoy := strings.Contains(response.Header.Get("Server"), "envoy")
	switch {
	case byEnvoy && body == "" && response.StatusCode == http.StatusServiceUnavailable:
		return "NC"
	case byEnvoy && body == "" && response.StatusCode == http.StatusNotFound:
		return "NR"
	}
	return ""
}

// transportKind names a request that got no answer at all.
func transportKind(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "transport: connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "transport: connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "transport: connection closed"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return "transport: timeout"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "transport: unreachable"
	default:
		return "transport: other"
	}
}
