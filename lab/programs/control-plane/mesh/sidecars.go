package mesh

import (
	"cmp"
	"slices"
	"strconv"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/durationpb"
)

// httpProxyRoutes is Istio's name of the route configuration behind the HTTP
// proxy listener; it serves every service on every port.
const httpProxyRoutes = "http_proxy"

// sidecarRoutes is one route configuration for each port on which some service
// declares HTTP, and http_proxy for the HTTP proxy listener.
func sidecarRoutes(w *World, p Proxy) []*route.RouteConfiguration {
	var out []*route.RouteConfiguration
	for _, port := range declaredHTTPPorts(w) {
		out = append(out, routeConfiguration(strconv.Itoa(port), meshHosts(w, p, port)))
	}
	if p.HTTPProxyPort > 0 {
		out = append(out, routeConfiguration(httpProxyRoutes, meshHosts(w, p, 0)))
	}
	return out
}

func declaredHTTPPorts(w *World) []int {
	var out []int
	for _, s := range w.Services {
		for _, port := range s.Ports {
			if port.Protocol.declaredHTTP() && !slices.Contains(out, port.Number) {
				out = append(out, port.Number)
			}
		}
	}
	slices.Sort(out)
	return out
}

// meshHosts lists a virtual host for each host a sidecar can call on a port (0:
// on any): by VirtualService where one is bound to the mesh, by plain Service
// otherwise, and at last whatever else, which passes through.
func meshHosts(w *World, p Proxy, port int) []*route.VirtualHost {
	hosts := map[string]*route.VirtualHost{}
	for _, vs := range virtualServicesFor(w, p) {
		if !slices.Contains(gatewayNames(vs.Spec.Gateways, vs.Namespace), "mesh") {
			continue
		}
		a := audience{world: w, proxy: p, gateways: []string{"mesh"}, port: port}
		addMeshHosts(a, vs, hosts)
	}
	for _, s := range w.Services {
		for _, sp := range routedPorts(s, port) {
			addHost(hosts, serviceHost(s, p, sp, port, []*route.Route{defaultRoute(s, sp)}))
		}
	}
	out := make([]*route.VirtualHost, 0, len(hosts)+1)
	for _, vh := range hosts {
		out = append(out, vh)
	}
	slices.SortFunc(out, func(a, b *route.VirtualHost) int { return cmp.Compare(a.Name, b.Name) })
	return append(out, passthroughHost())
}

// addMeshHosts adds a VirtualService's hosts: those that are services on each
// of their ports, the others (api.c4ang.com) on the ports that its services
// have in common with this configuration. The oldest VirtualService of a host
// wins: unlike on gateways, nothing is merged.
func addMeshHosts(a audience, vs VirtualService, hosts map[string]*route.VirtualHost) {
	services, others := splitHosts(a.world, vs)
	var ports []int
	for _, s := range services {
		for _, sp := range routedPorts(s, a.port) {
			if !slices.Contains(ports, sp) {
				ports = append(ports, sp)
			}
		}
	}
	if len(ports) == 0 && a.port == 80 {
		ports = []int{80} // istiod serves hosts without any service on port 80
	}
	for _, port := range ports {
		routes := a.httpRoutes(vs)
		if len(routes) == 0 {
			return
		}
		for _, s := range services {
			if slices.Contains(routedPorts(s, a.port), port) {
				addHost(hosts, serviceHost(s, a.proxy, port, a.port, routes))
			}
		}
		for _, h := range others {
			addHost(hosts, virtualHost(h+":"+strconv.Itoa(port), []string{h}, routes))
		}
	}
}

// splitHosts separates a VirtualService's hosts into the services they name
// (or match, with a wildcard) and the rest.
func splitHosts(w *World, vs VirtualService) (services []*Service, others []string) {
	for _, host := range fullHosts(vs) {
		found := false
		for _, s := range w.Services {
			if covers(host, s.Host()) {
				services, found = append(services, s), true
			}
		}
		if !found {
			others = append(others, host)
		}
	}
	return services, others
}

// routedPorts are the ports of a service that belong to a route configuration:
// the one it is named after, or (0) all that may carry HTTP.
func routedPorts(s *Service, port int) []int {
	var out []int
	for _, sp := range s.Ports {
		if (port == 0 && sp.Protocol != Opaque) || (sp.Number == port && sp.Protocol.declaredHTTP()) {
			out = append(out, sp.Number)
		}
	}
	return out
}

func addHost(hosts map[string]*route.VirtualHost, vh *route.VirtualHost) {
	if hosts[vh.Name] == nil {
		hosts[vh.Name] = vh
	}
}

func serviceHost(s *Service, p Proxy, port, configuration int, routes []*route.Route) *route.VirtualHost {
	named := 0 // a configuration of one port ignores the port in the Host header
	if configuration == 0 {
		named = port
	}
	return virtualHost(s.Host()+":"+strconv.Itoa(port), serviceDomains(s, p.DNSDomain, named), routes)
}

func virtualHost(name string, domains []string, routes []*route.Route) *route.VirtualHost {
	return &route.VirtualHost{Name: name, Domains: domains, Routes: routes, IncludeRequestAttemptCount: true}
}

// defaultRoute is where requests for a service go that no VirtualService steers:
// to all its endpoints.
func defaultRoute(s *Service, port int) *route.Route {
	r := &route.Route{
		Name:  "default",
		Match: routeMatch(nil),
		Action: &route.Route_Route{Route: &route.RouteAction{
			ClusterSpecifier: &route.RouteAction_Cluster{Cluster: clusterName(port, "", s.Host())},
			Timeout:          durationpb.New(0),
			MaxGrpcTimeout:   durationpb.New(0),
			RetryPolicy:      retryPolicy(nil),
		}},
	}
	r.Decorator = &route.Decorator{Operation: operation(r, s.Host(), port)}
	return r
}

// passthroughHost lets requests for unknown hosts through, Istio's ALLOW_ANY.
func passthroughHost() *route.VirtualHost {
	return virtualHost("allow_any", []string{"*"}, []*route.Route{{
		Name:  "allow_any",
		Match: routeMatch(nil),
		Action: &route.Route_Route{Route: &route.RouteAction{
			ClusterSpecifier: &route.RouteAction_Cluster{Cluster: passthroughCluster},
			Timeout:          durationpb.New(0),
			MaxGrpcTimeout:   durationpb.New(0),
		}},
	}})
}
