package mesh

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// gatewayListeners is one HTTP listener for each port that some Gateway opens.
func gatewayListeners(w *World, p Proxy) []*listener.Listener {
	servers := serversOf(w, p)
	var out []*listener.Listener
	for _, port := range slices.Sorted(maps.Keys(servers)) {
		out = append(out, httpListener("0.0.0.0", port, gatewayRouteName(port), true))
	}
	return out
}

// sidecarListeners is the HTTP proxy listener, and for each port with HTTP
// services a listener that is bound to nothing: traffic reaches such a listener
// in Istio by iptables, which the lab does without, but its route configuration
// is in the proxy's dump as it is in Istio's.
func sidecarListeners(w *World, p Proxy) []*listener.Listener {
	var out []*listener.Listener
	for _, port := range declaredHTTPPorts(w) {
		l := httpListener("0.0.0.0", port, strconv.Itoa(port), false)
		l.BindToPort = wrapperspb.Bool(false)
		out = append(out, l)
	}
	if p.HTTPProxyPort > 0 {
		out = append(out, httpListener("127.0.0.1", p.HTTPProxyPort, httpProxyRoutes, false))
	}
	slices.SortFunc(out, func(a, b *listener.Listener) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func httpListener(address string, port int, routes string, edge bool) *listener.Listener {
	name := address + "_" + strconv.Itoa(port)
	return &listener.Listener{
		Name:             name,
		Address:          socket(address, port),
		TrafficDirection: core.TrafficDirection_OUTBOUND,
		FilterChains: []*listener.FilterChain{{Filters: []*listener.Filter{{
			Name: "envoy.filters.network.http_connection_manager",
			ConfigType: &listener.Filter_TypedConfig{
				TypedConfig: packed(connectionManager("outbound_"+name, routes, edge))},
		}}}},
	}
}
