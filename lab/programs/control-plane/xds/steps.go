package xds

import (
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// step is a configuration to send, and the types that the proxy must have
// acknowledged before the next step.
type step struct {
	config mesh.ProxyConfig
	await  []string
}

// steps leads from one configuration to the next without a moment in which a
// route names a cluster that the proxy has not got: first the new clusters
// (Envoy acknowledges them once they are warm), then routes, then the clusters
// nobody needs any more are taken away. Where no cluster comes or goes, which
// is every change of weights, it is a single step.
func steps(from, to mesh.ProxyConfig) []step {
	added := clustersWithout(to.Clusters, from.Clusters)
	removed := clustersWithout(from.Clusters, to.Clusters)
	both := to
	both.Clusters = append(append([]*cluster.Cluster{}, to.Clusters...), removed...)
	both.Endpoints = append(append([]*endpoint.ClusterLoadAssignment{}, to.Endpoints...),
		endpointsWithout(from.Endpoints, to.Endpoints)...)
	var out []step
	if len(added) > 0 {
		first := both
		first.Listeners, first.Routes = from.Listeners, from.Routes
		out = append(out, step{config: first, await: []string{resource.ClusterType, resource.EndpointType}})
	}
	if len(removed) > 0 {
		out = append(out, step{config: both, await: []string{resource.ListenerType, resource.RouteType}})
	}
	return append(out, step{config: to})
}

func clustersWithout(list, without []*cluster.Cluster) []*cluster.Cluster {
	known := map[string]bool{}
	for _, c := range without {
		known[c.Name] = true
	}
	var out []*cluster.Cluster
	for _, c := range list {
		if !known[c.Name] {
			out = append(out, c)
		}
	}
	return out
}

func endpointsWithout(list, without []*endpoint.ClusterLoadAssignment) []*endpoint.ClusterLoadAssignment {
	known := map[string]bool{}
	for _, c := range without {
		known[c.ClusterName] = true
	}
	var out []*endpoint.ClusterLoadAssignment
	for _, c := range list {
		if !known[c.ClusterName] {
			out = append(out, c)
		}
	}
	return out
}
