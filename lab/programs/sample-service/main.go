// sample-service is a small service in the platform's shape, for releases on the lab: an API under
// /api/v1, Spring-like health and metrics, and faults that its environment asks for (config.go).
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	config, err := LoadConfig(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	stop := make(chan os.Signal, 1)
	if config.IgnoreTerm {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	} else {
		signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	}
	if err := run(config, stop); err != nil {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run(config Config, stop <-chan os.Signal) error {
	select {
	case <-time.After(config.StartDelay):
	case <-stop:
		return nil
	}
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", config.Port))
	if err != nil {
		return err
	}
	go leak(config.LeakMBPerSec)
	return serve(config, listener, stop)
}

// serve answers until a signal comes, then drains: not ready at once, so that the endpoints go, but
// serving on while proxies still learn of it; each answer then asks for its connection to be closed.
func serve(config Config, listener net.Listener, stop <-chan os.Signal) error {
	health := NewHealth(config, time.Now)
	server := &http.Server{Handler: newHandler(config, health), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	slog.Info("serving", "name", config.Name, "version", config.Version, "address", listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case got := <-stop:
		slog.Info("draining", "signal", got.String(), "for", config.DrainFor.String())
	}
	health.Drain()
	time.Sleep(config.DrainFor)
	limited, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := server.Shutdown(limited); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// newHandler puts the API, the health and the metrics together; every answer names version and pod.
func newHandler(config Config, health *Health) http.Handler {
	mux := http.NewServeMux()
	metrics := NewMetrics(config, health, time.Now())
	api := &API{
		config: config, store: NewStore(time.Now), health: health, metrics: metrics,
		faults: NewFaults(config.FailShare, config.FailAboveRPS, time.Now),
	}
	api.register(mux)
	health.register(mux)
	metrics.register(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		header := w.Header()
		header.Set("X-App-Version", config.Version)
		header.Set("X-App-Pod", config.Pod)
		if id := request.Header.Get("X-Request-Id"); id != "" {
			header.Set("X-Request-Id", id)
		}
		if health.Draining() {
			header.Set("Connection", "close")
		}
		mux.ServeHTTP(w, request)
	})
}

// leak takes memory and touches it, so that it counts as resident, and never gives it back.
func leak(megabytesPerSecond float64) {
	if megabytesPerSecond <= 0 {
		return
	}
	var kept [][]byte
	for range time.Tick(time.Second) {
		block := make([]byte, int(megabytesPerSecond*(1<<20)))
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		slog.Debug("leaking", "blocks", len(kept))
	}
}
