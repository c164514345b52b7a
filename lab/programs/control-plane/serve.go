package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
	"github.com/c4ang/actions/lab/programs/control-plane/telemetry"
	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// plane is everything that listens: for proxies, for Prometheus, for people.
type plane struct {
	rpc       *grpc.Server
	http      []*http.Server
	xds       *xds.Server
	directory *telemetry.Directory
	// failed gets the error of a listener that ended by itself.
	failed chan error
}

// serve starts to listen, with a first world to tell proxies of.
func serve(ctx context.Context, o options, world *mesh.World) (*plane, error) {
	registry := prometheus.NewRegistry()
	metrics := telemetry.NewMetrics(registry)
	p := &plane{directory: &telemetry.Directory{}, failed: make(chan error, 3)}
	p.directory.Learn(world)
	p.xds = xds.NewServer(ctx, world, xds.Order(o.order), metrics)
	p.rpc = grpc.NewServer(
		// Envoy's keepalive pings come more often than gRPC's default allows.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}))
	p.xds.Register(p.rpc)
	telemetry.NewAccessLogs(metrics, p.directory).Register(p.rpc)

	monitoring, debug := http.NewServeMux(), http.NewServeMux()
	monitoring.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	monitoring.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	debug.HandleFunc("/debug/syncz", p.xds.Syncz)

	if err := p.listen(o.grpcAddr, p.rpc.Serve); err != nil {
		return nil, err
	}
	for addr, mux := range map[string]*http.ServeMux{o.monitoringAddr: monitoring, o.httpAddr: debug} {
		s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
		p.http = append(p.http, s)
		if err := p.listen(addr, s.Serve); err != nil {
			p.close()
			return nil, err
		}
	}
	slog.Info("serving", "grpc", o.grpcAddr, "monitoring", o.monitoringAddr, "http", o.httpAddr, "push-order", o.order)
	return p, nil
}

func (p *plane) listen(addr string, serve func(net.Listener) error) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	go func() { p.failed <- serve(l) }()
	return nil
}

// push brings every proxy towards a new world.
func (p *plane) push(world *mesh.World) {
	p.directory.Learn(world)
	p.xds.Push(world)
}

// close ends every connection; proxies' streams never end by themselves.
func (p *plane) close() {
	p.rpc.Stop()
	for _, s := range p.http {
		_ = s.Close()
	}
}
