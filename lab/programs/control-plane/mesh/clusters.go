package mesh

import (
	"math"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
)

const (
	blackHoleCluster   = "BlackHoleCluster"
	passthroughCluster = "PassthroughCluster"
	connectTimeout     = 10 * time.Second
)

// clusters lists, for every port of every service, a cluster of all endpoints
// and one for each subset that the service's DestinationRule declares.
func clusters(w *World, p Proxy) []*cluster.Cluster {
	out := []*cluster.Cluster{{
		Name:                 blackHoleCluster,
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_STATIC},
		ConnectTimeout:       durationpb.New(connectTimeout),
	}}
	if p.Kind == Sidecar {
		out = append(out, &cluster.Cluster{
			Name:                 passthroughCluster,
			ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_ORIGINAL_DST},
			LbPolicy:             cluster.Cluster_CLUSTER_PROVIDED,
			ConnectTimeout:       durationpb.New(connectTimeout),
		})
	}
	for _, s := range w.Services {
		rule := destinationRuleFor(w, p, s)
		for _, port := range s.Ports {
			out = append(out, edsCluster(s, port, rule, nil))
			for _, subset := range rule.subsets() {
				out = append(out, edsCluster(s, port, rule, subset))
			}
		}
	}
	return out
}

func edsCluster(s *Service, port Port, rule *rule, subset *networking.Subset) *cluster.Cluster {
	name := clusterName(port.Number, subset.GetName(), s.Host())
	source := map[string]any{"services": []any{map[string]any{
		"host": s.Host(), "name": s.Name, "namespace": s.Namespace}}}
	if rule != nil {
		source["config"] = apiPath("destination-rule", rule.namespace, rule.name)
	}
	if subset != nil {
		source["subset"] = subset.Name
	}
	out := &cluster.Cluster{
		Name:                 name,
		AltStatName:          name + ";", // istiod marks where the stat name ends
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_EDS},
		EdsClusterConfig:     &cluster.Cluster_EdsClusterConfig{ServiceName: name, EdsConfig: adsSource()},
		ConnectTimeout:       durationpb.New(connectTimeout),
		LbPolicy:             cluster.Cluster_LEAST_REQUEST,
		CommonLbConfig:       &cluster.Cluster_CommonLbConfig{},
		Metadata:             istioMetadata(source),
	}
	applyPolicy(out, rule.policy(port.Number, subset), port.Protocol == HTTP2)
	return out
}

// adsSource is the way every resource is fetched. Envoy waits for it without a
// limit: a cluster that is not known yet must not be used as if it were empty.
func adsSource() *core.ConfigSource {
	return &core.ConfigSource{
		ConfigSourceSpecifier: &core.ConfigSource_Ads{Ads: &core.AggregatedConfigSource{}},
		InitialFetchTimeout:   durationpb.New(0),
		ResourceApiVersion:    core.ApiVersion_V3,
	}
}

// unlimited is Istio's default for every circuit breaker: none.
func unlimited() *cluster.CircuitBreakers_Thresholds {
	limit := func() *wrapperspb.UInt32Value { return wrapperspb.UInt32(math.MaxUint32) }
	return &cluster.CircuitBreakers_Thresholds{
		MaxConnections: limit(), MaxPendingRequests: limit(), MaxRequests: limit(), MaxRetries: limit(),
		TrackRemaining: true,
	}
}
