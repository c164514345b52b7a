// Package kube watches a Kubernetes cluster and describes it as a mesh.World.
package kube

import (
	"cmp"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// service describes a Service, or nil for what has no endpoints of its own.
func service(in *core.Service, slices []*discovery.EndpointSlice) *mesh.Service {
	if in.Spec.Type == core.ServiceTypeExternalName {
		return nil
	}
	out := &mesh.Service{Name: in.Name, Namespace: in.Namespace, Selector: in.Spec.Selector}
	if in.Spec.ClusterIP != core.ClusterIPNone {
		out.Address = in.Spec.ClusterIP
	}
	for _, p := range in.Spec.Ports {
		if p.Protocol != "" && p.Protocol != core.ProtocolTCP {
			continue
		}
		out.Ports = append(out.Ports, mesh.Port{
			Name: p.Name, Number: int(p.Port), TargetPort: targetPort(p, slices), Protocol: protocol(p)})
	}
	return out
}

// targetPort resolves a named target port through the endpoints.
func targetPort(p core.ServicePort, slices []*discovery.EndpointSlice) int {
	if n := p.TargetPort.IntValue(); n > 0 {
		return n
	}
	for _, s := range slices {
		for _, sp := range s.Ports {
			if value(sp.Name) == p.Name && value(sp.Port) > 0 {
				return int(*sp.Port)
			}
		}
	}
	return 0
}

// protocol is declared by appProtocol or by the port's name up to the first
// dash, as Istio has it; a port that says nothing is left to detection, unless
// its number is one that never carries HTTP.
func protocol(p core.ServicePort) mesh.Protocol {
	name, _, _ := strings.Cut(p.Name, "-")
	if p.AppProtocol != nil {
		name = strings.TrimPrefix(*p.AppProtocol, "kubernetes.io/")
	}
	switch strings.ToLower(name) {
	case "http", "ws":
		return mesh.HTTP
	case "http2", "grpc", "h2c":
		return mesh.HTTP2
	case "https", "tls", "tcp", "mongo", "mysql", "redis", "wss":
		return mesh.Opaque
	}
	if slices.Contains([]int32{25, 53, 3306, 27017}, p.Port) {
		return mesh.Opaque
	}
	return mesh.Sniffed
}

// endpoints are the ready addresses of a service's slices, with the labels of
// the pods behind them; labelsOf knows those by namespace/name.
func endpoints(in []*discovery.EndpointSlice, labelsOf func(pod string) map[string]string) []mesh.Endpoint {
	byAddress := map[string]mesh.Endpoint{}
	for _, s := range in {
		if s.AddressType != discovery.AddressTypeIPv4 {
			continue
		}
		for _, e := range s.Endpoints {
			if e.Conditions.Ready != nil && !*e.Conditions.Ready {
				continue
			}
			for _, address := range e.Addresses {
				known, ok := byAddress[address]
				if !ok {
					known = mesh.Endpoint{Address: address, Ports: map[string]int{}}
				}
				for _, p := range s.Ports {
					known.Ports[value(p.Name)] = int(value(p.Port))
				}
				if e.TargetRef != nil && e.TargetRef.Kind == "Pod" {
					known.Labels = labelsOf(e.TargetRef.Namespace + "/" + e.TargetRef.Name)
				}
				byAddress[address] = known
			}
		}
	}
	out := make([]mesh.Endpoint, 0, len(byAddress))
	for _, e := range byAddress {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b mesh.Endpoint) int { return cmp.Compare(a.Address, b.Address) })
	return out
}

func pod(in *core.Pod) *mesh.Pod {
	return &mesh.Pod{Name: in.Name, Namespace: in.Namespace, Address: in.Status.PodIP,
		Labels: in.Labels, Workload: workload(in)}
}

// workload names what made the pod: for a Deployment's pod the Deployment, whose
// ReplicaSet is named after it plus the template's hash.
func workload(in *core.Pod) string {
	for _, owner := range in.OwnerReferences {
		if value(owner.Controller) {
			if hash := in.Labels["pod-template-hash"]; owner.Kind == "ReplicaSet" && hash != "" {
				return strings.TrimSuffix(owner.Name, "-"+hash)
			}
			return owner.Name
		}
	}
	return in.Name
}

func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
