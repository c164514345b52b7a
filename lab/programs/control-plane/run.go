package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/c4ang/actions/lab/programs/control-plane/kube"
	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
	"github.com/c4ang/actions/lab/programs/control-plane/telemetry"
	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// run watches the cluster and serves proxies until ctx ends. Proxies are served
// only once the whole cluster is known: one that reconnects after a restart
// would otherwise be told that its routes are gone.
func run(ctx context.Context, o options) error {
	order := xds.Order(o.order)
	if order != xds.MakeBeforeBreak && order != xds.Istiod {
		return fmt.Errorf("--push-order %q: want %s or %s", o.order, xds.MakeBeforeBreak, xds.Istiod)
	}
	if err := loopbackOnly(o.httpAddr); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return err
	}
	events := make(chan struct{}, 1)
	watcher, err := kube.NewWatcher(config, func() {
		select {
		case events <- struct{}{}:
		default: // one is waiting already, and covers this one
		}
	})
	if err != nil {
		return err
	}
	if err := watcher.Start(ctx); err != nil {
		return err
	}

	registry := prometheus.NewRegistry()
	metrics := telemetry.NewMetrics(registry)
	directory := &telemetry.Directory{}
	var said complaints
	build := func() *mesh.World {
		world, err := watcher.World()
		said.about(world, err)
		directory.Learn(world)
		return world
	}
	server := xds.NewServer(ctx, build(), order, metrics)
	failed := make(chan error, 3)
	rpc := grpc.NewServer(
		// Envoy's keepalive pings come more often than gRPC's default allows.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}))
	server.Register(rpc)
	telemetry.NewAccessLogs(metrics, directory).Register(rpc)

	monitoring := http.NewServeMux()
	monitoring.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	monitoring.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	debug := http.NewServeMux()
	debug.HandleFunc("/debug/syncz", server.Syncz)

	listener, err := net.Listen("tcp", o.grpcAddr)
	if err != nil {
		return err
	}
	go func() { failed <- rpc.Serve(listener) }()
	for addr, mux := range map[string]*http.ServeMux{o.monitoringAddr: monitoring, o.httpAddr: debug} {
		s := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
		go func() { failed <- s.ListenAndServe() }()
		defer s.Close()
	}
	go xds.Debounce(ctx, events, o.debounce, o.debounceMax, func(began time.Time) {
		server.Push(build(), began)
	})
	slog.Info("serving", "grpc", o.grpcAddr, "monitoring", o.monitoringAddr, "push-order", string(order))

	select {
	case <-ctx.Done():
		// Proxies keep what they have; their streams never end by themselves.
		rpc.Stop()
		slog.Info("stopped")
		return nil
	case err := <-failed:
		return err
	}
}

// loopbackOnly guards the debug endpoint, which asks nobody who they are.
func loopbackOnly(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--http-addr %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--http-addr %q: must be a loopback address", addr)
	}
	return nil
}

// complaints remembers what has been logged, so that each thing the stand-in
// does not do is said once, and again when it comes back.
type complaints struct{ last []string }

func (c *complaints) about(w *mesh.World, err error) {
	now := mesh.Unsupported(w)
	if err != nil {
		var many interface{ Unwrap() []error }
		if errors.As(err, &many) {
			for _, one := range many.Unwrap() {
				now = append(now, "left out, cannot be read: "+one.Error())
			}
		}
	}
	for _, sentence := range now {
		if !slices.Contains(c.last, sentence) {
			slog.Warn("not supported here", "what", sentence)
		}
	}
	c.last = now
}
