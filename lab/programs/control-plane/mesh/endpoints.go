package mesh

import (
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
)

// loadAssignments lists the endpoints of every cluster that clusters() makes,
// also the empty ones: a subset without pods is known, and answers 503 UH.
func loadAssignments(w *World, p Proxy) []*endpoint.ClusterLoadAssignment {
	var out []*endpoint.ClusterLoadAssignment
	for _, s := range w.Services {
		rule := destinationRuleFor(w, p, s)
		for _, port := range s.Ports {
			out = append(out, loadAssignment(w, s, port, nil))
			for _, subset := range rule.subsets() {
				out = append(out, loadAssignment(w, s, port, subset))
			}
		}
	}
	return out
}

func loadAssignment(w *World, s *Service, port Port, subset *networking.Subset) *endpoint.ClusterLoadAssignment {
	out := &endpoint.ClusterLoadAssignment{ClusterName: clusterName(port.Number, subset.GetName(), s.Host())}
	var hosts []*endpoint.LbEndpoint
	for _, e := range w.Endpoints[s.Host()] {
		number, ok := e.Ports[port.Name]
		if ok && selects(subset.GetLabels(), e.Labels) {
			hosts = append(hosts, lbEndpoint(e.Address, number))
		}
	}
	if len(hosts) > 0 {
		out.Endpoints = []*endpoint.LocalityLbEndpoints{{
			Locality:            &core.Locality{},
			LbEndpoints:         hosts,
			LoadBalancingWeight: wrapperspb.UInt32(uint32(len(hosts))),
		}}
	}
	return out
}

func lbEndpoint(address string, port int) *endpoint.LbEndpoint {
	return &endpoint.LbEndpoint{
		HostIdentifier:      &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{Address: socket(address, port)}},
		HealthStatus:        core.HealthStatus_HEALTHY,
		LoadBalancingWeight: wrapperspb.UInt32(1),
	}
}

func socket(address string, port int) *core.Address {
	return &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
		Address: address, PortSpecifier: &core.SocketAddress_PortValue{PortValue: uint32(port)}}}}
}
