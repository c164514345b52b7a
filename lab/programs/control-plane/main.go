// Command control-plane is the lab's stand-in for istiod: it watches Istio and
// Kubernetes objects and configures Envoy gateways and sidecars as istiod 1.28
// does, within what the lab needs. It is no Istio: no certificates, no
// injection, no admission checks; what it is asked for and does not do, it logs.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

type options struct {
	kubeconfig, grpcAddr, monitoringAddr, httpAddr string
	debounce, debounceMax                          time.Duration
	order                                          string
}

func parseOptions(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("control-plane", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "kubeconfig of the cluster to watch")
	flags.StringVar(&o.grpcAddr, "grpc-addr", "127.0.0.1:15010", "where proxies fetch configuration and send access logs (plaintext)")
	flags.StringVar(&o.monitoringAddr, "monitoring-addr", "127.0.0.1:15014", "where /metrics and /ready are served")
	flags.StringVar(&o.httpAddr, "http-addr", "127.0.0.1:15080", "where /debug/syncz is served; loopback only")
	flags.DurationVar(&o.debounce, "debounce", 100*time.Millisecond, "quiet time after a change before it is pushed")
	flags.DurationVar(&o.debounceMax, "debounce-max", 10*time.Second, "longest time a change is held back")
	flags.StringVar(&o.order, "push-order", string(xds.MakeBeforeBreak),
		"make-before-break: no request fails while clusters come and go; istiod: all at once, as istiod sends them")
	return o, flags.Parse(args)
}

// check refuses values that would only fail later, or not at all.
func (o options) check() error {
	if order := xds.Order(o.order); order != xds.MakeBeforeBreak && order != xds.Istiod {
		return fmt.Errorf("--push-order %q: want %s or %s", o.order, xds.MakeBeforeBreak, xds.Istiod)
	}
	if o.debounce <= 0 || o.debounceMax < o.debounce {
		return fmt.Errorf("--debounce %s, --debounce-max %s: want 0 < debounce <= debounce-max", o.debounce, o.debounceMax)
	}
	host, _, err := net.SplitHostPort(o.httpAddr)
	if err != nil {
		return fmt.Errorf("--http-addr %q: %w", o.httpAddr, err)
	}
	// The debug endpoint asks nobody who they are.
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--http-addr %q: must be a loopback address", o.httpAddr)
	}
	return nil
}

func main() {
	o, err := parseOptions(os.Args[1:])
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, o); err != nil && ctx.Err() == nil {
		slog.Error("control-plane stopped", "error", err)
		os.Exit(1)
	}
}
