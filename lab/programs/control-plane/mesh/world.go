// Package mesh turns a world of Kubernetes and Istio objects into Envoy
// configuration, as istiod 1.28 does. It is pure: no clock, no network, no
// state between calls. What it must produce is written down in the recordings
// of a real istiod under test/fixtures/istio-recordings.
package mesh

import (
	"cmp"
	"slices"
	"time"

	networking "istio.io/api/networking/v1alpha3"
)

// ClusterDomain is the DNS suffix of Kubernetes services.
const ClusterDomain = "cluster.local"

// RootNamespace holds configuration that applies to every namespace.
const RootNamespace = "istio-system"

// Protocol says how Envoy treats a service port.
type Protocol int

const (
	// HTTP ports were declared so by name or appProtocol.
	HTTP Protocol = iota
	// HTTP2 ports (http2, grpc) were too; the service is spoken to in HTTP/2.
	HTTP2
	// Sniffed ports declared nothing; istiod lets Envoy detect the protocol.
	Sniffed
	// Opaque ports (tcp, tls, mongo …) carry no HTTP routes.
	Opaque
)

// declaredHTTP reports whether routes of the port are shared with other services.
func (p Protocol) declaredHTTP() bool { return p == HTTP || p == HTTP2 }

// Port is one port of a Service. TargetPort is empty when the name could not
// be resolved to one number for every pod.
type Port struct {
	Name       string
	Number     int
	TargetPort int
	Protocol   Protocol
}

// Service is a Kubernetes Service as the mesh sees it.
type Service struct {
	Name, Namespace string
	// Address is the ClusterIP, empty for a headless service.
	Address  string
	Selector map[string]string
	Ports    []Port
}

// Host is the service's name in DNS, e.g. order-api.ecommerce.svc.cluster.local.
func (s *Service) Host() string {
	return s.Name + "." + s.Namespace + ".svc." + ClusterDomain
}

// Endpoint is a ready address behind a Service, with the labels of its pod.
type Endpoint struct {
	Address string
	// Ports maps the Service's port name to the number the pod listens on.
	Ports  map[string]int
	Labels map[string]string
}

// Pod is what routing and metrics need to know of a pod.
type Pod struct {
	Name, Namespace string
	Address         string
	Labels          map[string]string
	// Workload is the Deployment (or other controller) that made the pod.
	Workload string
}

// Config is an Istio object: where it is, how old it is, what it says.
type Config[T any] struct {
	Name, Namespace string
	Created         time.Time
	Spec            T
}

// VirtualService, DestinationRule and Gateway are Istio's objects of those names.
type (
	VirtualService  = Config[*networking.VirtualService]
	DestinationRule = Config[*networking.DestinationRule]
	Gateway         = Config[*networking.Gateway]
)

// World is everything a push is computed from. It is never changed once built.
type World struct {
	Services         []*Service
	Endpoints        map[string][]Endpoint // by service host
	Pods             map[string]*Pod       // by namespace/name
	VirtualServices  []VirtualService
	DestinationRules []DestinationRule
	Gateways         []Gateway
}

// Sort brings the world into istiod's order, so that merging is reproducible:
// Istio objects by creation time, then by name and namespace (creation times
// have whole seconds, so ties are common); services by host.
func (w *World) Sort() {
	slices.SortFunc(w.Services, func(a, b *Service) int { return cmp.Compare(a.Host(), b.Host()) })
	sortConfigs(w.VirtualServices)
	sortConfigs(w.DestinationRules)
	sortConfigs(w.Gateways)
}

func sortConfigs[T any](configs []Config[T]) {
	slices.SortStableFunc(configs, func(a, b Config[T]) int {
		return cmp.Or(a.Created.Compare(b.Created),
			cmp.Compare(a.Name+"."+a.Namespace, b.Name+"."+b.Namespace))
	})
}

// Service finds a service by host, nil when there is none.
func (w *World) Service(host string) *Service {
	for _, s := range w.Services {
		if s.Host() == host {
			return s
		}
	}
	return nil
}

// apiPath is how istiod names an object in Envoy's metadata.
func apiPath(kind, namespace, name string) string {
	return "/apis/networking.istio.io/v1/namespaces/" + namespace + "/" + kind + "/" + name
}
