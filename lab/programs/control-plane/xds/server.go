package xds

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	cachelog "github.com/envoyproxy/go-control-plane/pkg/log"
	"github.com/envoyproxy/go-control-plane/pkg/server/sotw/v3"
	server "github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// Order is how a push that adds or removes clusters is sent.
type Order string

const (
	// MakeBeforeBreak adds clusters before, and removes them after the routes.
	MakeBeforeBreak Order = "make-before-break"
	// Istiod sends clusters, endpoints, listeners, routes at once, as istiod
	// does: a push that removes a cluster and the route to it answers some
	// requests with 503 NC in between.
	Istiod Order = "istiod"
)

// Observer is told what happens, for the metrics.
type Observer interface {
	Pushed(typeURL string)
	Rejected(typeURL string)
	Converged(after time.Duration)
	Connected(proxies int)
}

// Server serves configuration to every proxy that connects. A snapshot per
// proxy and a goroutine per stream keep proxies apart; the cache's channel to a
// stream holds one response of each type, so it never blocks on a slow one.
type Server struct {
	ctx      context.Context
	cache    cache.SnapshotCache
	order    Order
	observer Observer

	mu      sync.Mutex
	world   *mesh.World
	clients map[string]*client // by node id
	byID    map[int64]*client  // by stream
}

// NewServer makes a server for a first world; it runs until ctx ends.
func NewServer(ctx context.Context, world *mesh.World, order Order, observer Observer) *Server {
	return &Server{
		ctx:      ctx,
		cache:    cache.NewSnapshotCache(true, cache.IDHash{}, cachelog.NewDefaultLogger()),
		order:    order,
		observer: observer,
		world:    world,
		clients:  map[string]*client{},
		byID:     map[int64]*client{},
	}
}

// Register adds the aggregated discovery service to a gRPC server.
func (s *Server) Register(g *grpc.Server) {
	handler := server.NewServer(s.ctx, s.cache, s, sotw.WithOrderedADS())
	discovery.RegisterAggregatedDiscoveryServiceServer(g, handler)
}

// Push brings every proxy towards a new world.
func (s *Server) Push(world *mesh.World) {
	began := time.Now() // as in istiod, convergence does not count the debounce
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world = world
	for _, c := range s.clients {
		c.aim(mesh.ConfigFor(world, c.proxy), began)
	}
}

func (s *Server) offer(node string, snapshot *cache.Snapshot) error {
	if err := snapshot.Consistent(); err != nil {
		return err
	}
	return s.cache.SetSnapshot(s.ctx, node, snapshot)
}

// connect finds or makes the client of a stream, at its first request.
func (s *Server) connect(stream int64, node *core.Node) (*client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.byID[stream]; c != nil {
		return c, nil
	}
	proxy, err := mesh.ParseProxy(node.GetId(), node.GetMetadata())
	if err != nil {
		return nil, err
	}
	c := s.clients[proxy.ID]
	if c == nil {
		ctx, stop := context.WithCancel(s.ctx)
		config := mesh.ConfigFor(s.world, proxy)
		c = newClient(proxy, config, stop)
		if err := s.offer(proxy.ID, snapshotOf(config)); err != nil {
			stop()
			return nil, err
		}
		s.clients[proxy.ID] = c
		go c.run(ctx, config, s.offer, s.order)
		slog.Info("proxy connected", "proxy", proxy.ID)
	}
	c.mu.Lock()
	c.streams[stream] = true
	c.deliveries = map[string]*delivery{} // nonces belong to a stream
	c.mu.Unlock()
	s.byID[stream] = c
	s.observer.Connected(len(s.clients))
	return c, nil
}

// disconnect forgets a stream, and with a proxy's last stream the proxy.
func (s *Server) disconnect(stream int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[stream]
	if c == nil {
		return
	}
	delete(s.byID, stream)
	c.mu.Lock()
	delete(c.streams, stream)
	gone := len(c.streams) == 0
	c.mu.Unlock()
	if gone {
		c.stop()
		delete(s.clients, c.proxy.ID)
		s.cache.ClearSnapshot(c.proxy.ID)
		slog.Info("proxy disconnected", "proxy", c.proxy.ID)
	}
	s.observer.Connected(len(s.clients))
}

// sorted lists the connected proxies by node id.
func (s *Server) sorted() []*client {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*client
	for _, c := range s.clients {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *client) int { return slices.Compare([]string{a.proxy.ID}, []string{b.proxy.ID}) })
	return out
}
