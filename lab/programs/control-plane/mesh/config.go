package mesh

import (
	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// ProxyConfig is everything one proxy is told.
type ProxyConfig struct {
	Clusters  []*cluster.Cluster
	Endpoints []*endpoint.ClusterLoadAssignment
	Listeners []*listener.Listener
	Routes    []*route.RouteConfiguration
}

// ConfigFor computes a proxy's whole configuration from the world.
func ConfigFor(w *World, p Proxy) ProxyConfig {
	out := ProxyConfig{Clusters: clusters(w, p), Endpoints: loadAssignments(w, p)}
	if p.Kind == Router {
		out.Routes, out.Listeners = gatewayRoutes(w, p), gatewayListeners(w, p)
	} else {
		out.Routes, out.Listeners = sidecarRoutes(w, p), sidecarListeners(w, p)
	}
	return out
}

// routeConfiguration carries the settings istiod gives every route
// configuration. Clusters are not validated: a route may name one that is
// missing, and then answers 503 NC instead of being refused whole.
func routeConfiguration(name string, hosts []*route.VirtualHost) *route.RouteConfiguration {
	return &route.RouteConfiguration{
		Name:                           name,
		VirtualHosts:                   hosts,
		ValidateClusters:               wrapperspb.Bool(false),
		MaxDirectResponseBodySizeBytes: wrapperspb.UInt32(1024 * 1024),
		IgnorePortInHostMatching:       true,
	}
}

func uint32Value(n int32) *wrapperspb.UInt32Value { return wrapperspb.UInt32(uint32(n)) }
