package xds

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"

	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"google.golang.org/protobuf/proto"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// pushedTypes are the resource types served, in the order they are sent.
var pushedTypes = []string{resource.ClusterType, resource.EndpointType, resource.ListenerType, resource.RouteType}

// ShortType names a resource type as istiod's metrics do.
func ShortType(typeURL string) string {
	if i := slices.Index(pushedTypes, typeURL); i >= 0 {
		return []string{"cds", "eds", "lds", "rds"}[i]
	}
	return typeURL
}

// snapshotOf names each type's version after its content, so that a push sends
// only what changed, and a restarted control plane changes nothing. Endpoints
// take the clusters' content into their version: Envoy warms a changed cluster
// anew, and for that it must be sent its endpoints again.
func snapshotOf(config mesh.ProxyConfig) *cache.Snapshot {
	clusters := resources(config.Clusters)
	endpoints := resources(config.Endpoints)
	listeners := resources(config.Listeners)
	routes := resources(config.Routes)
	out := &cache.Snapshot{}
	out.Resources[types.Cluster] = cache.NewResources(version(clusters), clusters)
	out.Resources[types.Endpoint] = cache.NewResources(version(endpoints, clusters), endpoints)
	out.Resources[types.Listener] = cache.NewResources(version(listeners), listeners)
	out.Resources[types.Route] = cache.NewResources(version(routes), routes)
	return out
}

func resources[T types.Resource](list []T) []types.Resource {
	out := make([]types.Resource, len(list))
	for i, r := range list {
		out[i] = r
	}
	return out
}

func version(lists ...[]types.Resource) string {
	sum := sha256.New()
	for _, list := range lists {
		for _, r := range list {
			write(sum, r)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

func write(sum hash.Hash, m proto.Message) {
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err) // we built the message; only invalid UTF-8 fails
	}
	sum.Write([]byte{byte(len(content) >> 16), byte(len(content) >> 8), byte(len(content))})
	sum.Write(content)
}
