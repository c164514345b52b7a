package mesh

import (
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	upstream "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
)

// applyPolicy sets circuit breakers, outlier detection and load balancing of a
// cluster. What it does not know, Unsupported names.
func applyPolicy(c *cluster.Cluster, policy *networking.TrafficPolicy, http2 bool) {
	applyConnectionPool(c, policy.GetConnectionPool())
	applyProtocol(c, policy.GetConnectionPool().GetHttp(), http2)
	applyOutlierDetection(c, policy.GetOutlierDetection())
	switch policy.GetLoadBalancer().GetSimple() {
	case networking.LoadBalancerSettings_ROUND_ROBIN:
		c.LbPolicy = cluster.Cluster_ROUND_ROBIN
	case networking.LoadBalancerSettings_RANDOM:
		c.LbPolicy = cluster.Cluster_RANDOM
	}
}

func applyConnectionPool(c *cluster.Cluster, pool *networking.ConnectionPoolSettings) {
	limits := unlimited()
	set := func(limit **wrapperspb.UInt32Value, n int32) {
		if n > 0 { // zero is Istio's "not given"
			*limit = uint32Value(n)
		}
	}
	set(&limits.MaxConnections, pool.GetTcp().GetMaxConnections())
	set(&limits.MaxPendingRequests, pool.GetHttp().GetHttp1MaxPendingRequests())
	set(&limits.MaxRequests, pool.GetHttp().GetHttp2MaxRequests())
	set(&limits.MaxRetries, pool.GetHttp().GetMaxRetries())
	c.CircuitBreakers = &cluster.CircuitBreakers{Thresholds: []*cluster.CircuitBreakers_Thresholds{limits}}
	if t := pool.GetTcp().GetConnectTimeout(); t != nil {
		c.ConnectTimeout = t
	}
}

// applyProtocol sets what Envoy calls HTTP protocol options, where something
// other than plain HTTP/1.1 is asked for.
func applyProtocol(c *cluster.Cluster, pool *networking.ConnectionPoolSettings_HTTPSettings, http2 bool) {
	if pool.GetIdleTimeout() == nil && pool.GetMaxRequestsPerConnection() <= 0 && !http2 {
		return
	}
	common := &core.HttpProtocolOptions{IdleTimeout: pool.GetIdleTimeout()}
	if n := pool.GetMaxRequestsPerConnection(); n > 0 {
		common.MaxRequestsPerConnection = uint32Value(n)
	}
	explicit := &upstream.HttpProtocolOptions_ExplicitHttpConfig{
		ProtocolConfig: &upstream.HttpProtocolOptions_ExplicitHttpConfig_HttpProtocolOptions{}}
	if http2 {
		explicit.ProtocolConfig = &upstream.HttpProtocolOptions_ExplicitHttpConfig_Http2ProtocolOptions{
			Http2ProtocolOptions: &core.Http2ProtocolOptions{}}
	}
	c.TypedExtensionProtocolOptions = map[string]*anypb.Any{
		"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": packed(&upstream.HttpProtocolOptions{
			CommonHttpProtocolOptions: common,
			UpstreamProtocolOptions:   &upstream.HttpProtocolOptions_ExplicitHttpConfig_{ExplicitHttpConfig: explicit},
		})}
}

func applyOutlierDetection(c *cluster.Cluster, in *networking.OutlierDetection) {
	if in == nil {
		return
	}
	enforced := func(n uint32) *wrapperspb.UInt32Value {
		if n > 0 {
			return wrapperspb.UInt32(100)
		}
		return wrapperspb.UInt32(0)
	}
	// Istio ejects by consecutive errors only, never by success rate.
	out := &cluster.OutlierDetection{EnforcingSuccessRate: wrapperspb.UInt32(0)}
	if n := in.Consecutive_5XxErrors; n != nil {
		out.Consecutive_5Xx, out.EnforcingConsecutive_5Xx = wrapperspb.UInt32(n.Value), enforced(n.Value)
	}
	if n := in.ConsecutiveGatewayErrors; n != nil {
		out.ConsecutiveGatewayFailure = wrapperspb.UInt32(n.Value)
		out.EnforcingConsecutiveGatewayFailure = enforced(n.Value)
	}
	out.Interval, out.BaseEjectionTime = positive(in.Interval), positive(in.BaseEjectionTime)
	if in.MaxEjectionPercent > 0 {
		out.MaxEjectionPercent = uint32Value(in.MaxEjectionPercent)
	}
	out.SplitExternalLocalOriginErrors = in.SplitExternalLocalOriginErrors
	if n := in.ConsecutiveLocalOriginFailures; in.SplitExternalLocalOriginErrors && n.GetValue() > 0 {
		out.ConsecutiveLocalOriginFailure = wrapperspb.UInt32(n.Value)
		out.EnforcingConsecutiveLocalOriginFailure = wrapperspb.UInt32(100)
		out.EnforcingLocalOriginSuccessRate = wrapperspb.UInt32(0)
	}
	c.OutlierDetection = out
	// Envoy's panic mode (ignore health when half the hosts are out) suits
	// large fleets; Istio switches it off unless minHealthPercent is given.
	c.CommonLbConfig.HealthyPanicThreshold = &envoytype.Percent{Value: float64(in.MinHealthPercent)}
}

func positive(d *durationpb.Duration) *durationpb.Duration {
	if d.AsDuration() <= time.Duration(0) {
		return nil
	}
	return d
}
