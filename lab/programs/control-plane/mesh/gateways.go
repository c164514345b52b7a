package mesh

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// server is one server block of a Gateway, and the port of the pod that its
// port leads to.
type server struct {
	gateway    Gateway
	hosts      []string
	port       int // as the Gateway says
	targetPort int // where the proxy listens
	redirect   bool
}

// serversOf lists the plain HTTP servers of all Gateways that select the proxy,
// by target port. Other protocols are named by Unsupported.
func serversOf(w *World, p Proxy) map[int][]server {
	labels := p.labelsIn(w)
	out := map[int][]server{}
	for _, g := range w.Gateways {
		if labels == nil || !selects(g.Spec.Selector, labels) {
			continue
		}
		for _, s := range g.Spec.Servers {
			if !plainHTTP(s) {
				continue
			}
			number := int(s.GetPort().GetNumber())
			target := targetPort(w, p, labels, number)
			out[target] = append(out[target], server{gateway: g, hosts: s.Hosts, port: number,
				targetPort: target, redirect: s.GetTls().GetHttpsRedirect()})
		}
	}
	return out
}

func plainHTTP(s *networking.Server) bool {
	switch strings.ToUpper(s.GetPort().GetProtocol()) {
	case "HTTP", "HTTP2", "GRPC", "GRPC-WEB":
		return true
	}
	return false
}

// targetPort follows the Service in front of the gateway's pods: its port 80
// may lead to 8080 in the pod. Without such a Service the port is taken as is.
func targetPort(w *World, p Proxy, labels map[string]string, port int) int {
	for _, s := range w.Services {
		if s.Namespace != p.Namespace || len(s.Selector) == 0 || !selects(s.Selector, labels) {
			continue
		}
		for _, sp := range s.Ports {
			if sp.Number == port && sp.TargetPort > 0 {
				return sp.TargetPort
			}
		}
	}
	return port
}

// gatewayRoutes is one route configuration for each port a gateway listens on.
func gatewayRoutes(w *World, p Proxy) []*route.RouteConfiguration {
	var out []*route.RouteConfiguration
	for target, servers := range serversOf(w, p) {
		hosts := map[string]*route.VirtualHost{}
		for _, s := range servers {
			addServerHosts(w, p, s, hosts)
		}
		out = append(out, routeConfiguration(gatewayRouteName(target), gatewayHosts(hosts, servers[0].port)))
	}
	slices.SortFunc(out, func(a, b *route.RouteConfiguration) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func gatewayRouteName(targetPort int) string { return "http." + strconv.Itoa(targetPort) }

// addServerHosts merges the routes of every VirtualService bound to the server
// into one virtual host for each name, older VirtualServices first.
func addServerHosts(w *World, p Proxy, s server, hosts map[string]*route.VirtualHost) {
	name := s.gateway.Namespace + "/" + s.gateway.Name
	for _, vs := range virtualServicesFor(w, p) {
		if !slices.Contains(gatewayNames(vs.Spec.Gateways, vs.Namespace), name) {
			continue
		}
		allowed := hostsForNamespace(s.hosts, vs.Namespace, s.gateway.Namespace)
		common := intersect(allowed, fullHosts(vs))
		if len(common) == 0 {
			continue
		}
		routes := audience{world: w, proxy: p, gateways: []string{name}, port: s.port}.httpRoutes(vs)
		if len(routes) == 0 {
			continue
		}
		for _, host := range common {
			vh := hosts[host]
			if vh == nil {
				vh = &route.VirtualHost{
					Name:                       host + ":" + strconv.Itoa(s.port),
					Domains:                    []string{host},
					IncludeRequestAttemptCount: true,
				}
				hosts[host] = vh
			}
			if s.redirect {
				vh.RequireTls = route.VirtualHost_ALL
			}
			vh.Routes = append(vh.Routes, routes...)
		}
	}
}

// gatewayHosts sorts virtual hosts by name and, within each, moves routes that
// match everything behind the others. A port without any answers 404.
func gatewayHosts(hosts map[string]*route.VirtualHost, port int) []*route.VirtualHost {
	if len(hosts) == 0 {
		return []*route.VirtualHost{{Name: "blackhole:" + strconv.Itoa(port), Domains: []string{"*"}}}
	}
	var out []*route.VirtualHost
	for _, vh := range hosts {
		slices.SortStableFunc(vh.Routes, func(a, b *route.Route) int {
			return cmp.Compare(order(a), order(b))
		})
		out = append(out, vh)
	}
	slices.SortFunc(out, func(a, b *route.VirtualHost) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func order(r *route.Route) int {
	if isCatchAll(r) {
		return 1
	}
	return 0
}

// gatewayNames completes the gateways a VirtualService is bound to; none means
// the mesh.
func gatewayNames(gateways []string, namespace string) []string {
	if len(gateways) == 0 {
		return []string{"mesh"}
	}
	out := make([]string, len(gateways))
	for i, g := range gateways {
		out[i] = g
		if g != "mesh" && !strings.Contains(g, "/") {
			out[i] = namespace + "/" + g
		}
	}
	return out
}

func fullHosts(vs VirtualService) []string {
	out := make([]string, len(vs.Spec.Hosts))
	for i, h := range vs.Spec.Hosts {
		out[i] = fullHost(h, vs.Namespace)
	}
	return out
}
