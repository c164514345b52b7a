package mesh

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"
)

// Unsupported lists what the world asks for and this stand-in does not do (or
// what Envoy will refuse), one sentence each. Nothing is ignored in silence.
func Unsupported(w *World) []string {
	var out []string
	for _, g := range w.Gateways {
		for _, s := range g.Spec.Servers {
			if !plainHTTP(s) {
				out = append(out, fmt.Sprintf("Gateway %s/%s: protocol %s on port %d is not supported, only plain HTTP",
					g.Namespace, g.Name, s.GetPort().GetProtocol(), s.GetPort().GetNumber()))
			}
		}
	}
	for _, vs := range w.VirtualServices {
		for _, what := range unsupportedInVirtualService(vs.Spec) {
			out = append(out, fmt.Sprintf("VirtualService %s/%s: %s", vs.Namespace, vs.Name, what))
		}
	}
	for _, dr := range w.DestinationRules {
		for _, what := range unsupportedInDestinationRule(dr.Spec) {
			out = append(out, fmt.Sprintf("DestinationRule %s/%s: %s", dr.Namespace, dr.Name, what))
		}
	}
	return out
}

func unsupportedInVirtualService(spec *networking.VirtualService) []string {
	var out []string
	say := func(bad bool, format string, args ...any) {
		if bad {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(len(spec.Tcp) > 0, "tcp routes are ignored")
	say(len(spec.Tls) > 0, "tls routes are ignored")
	for i, r := range spec.Http {
		at := fmt.Sprintf("http[%d] %q: ", i, r.Name)
		total := int32(0)
		for _, d := range r.Route {
			total += d.Weight
		}
		say(len(r.Route) > 1 && total == 0, "%sall weights are 0, Envoy refuses the route configuration", at)
		say(len(r.Route) == 0 && r.Redirect == nil && r.DirectResponse == nil,
			"%sno destination, Envoy refuses the route configuration", at)
		for _, m := range r.Match {
			for name := range m.Headers {
				say(len(name) > 0 && name[0] == '@', "%smatch on metadata %s is not supported", at, name)
			}
		}
		say(r.Fault.GetAbort() != nil && r.Fault.Abort.GetHttpStatus() == 0, "%sonly httpStatus aborts are supported", at)
		say(r.Retries.GetRetryRemoteLocalities() != nil, "%sretryRemoteLocalities is ignored", at)
	}
	return out
}

func unsupportedInDestinationRule(spec *networking.DestinationRule) []string {
	var out []string
	say := func(bad bool, what string) {
		if bad {
			out = append(out, what)
		}
	}
	say(spec.WorkloadSelector != nil, "workloadSelector is ignored, it applies to every proxy")
	policies := []*networking.TrafficPolicy{spec.TrafficPolicy}
	for _, s := range spec.Subsets {
		policies = append(policies, s.TrafficPolicy)
	}
	for _, p := range policies {
		say(p.GetTls() != nil && p.GetTls().GetMode() != networking.ClientTLSSettings_DISABLE,
			"tls is ignored, the lab has no certificates")
		say(p.GetLoadBalancer().GetConsistentHash() != nil, "consistentHash is ignored, LEAST_REQUEST is used")
		say(p.GetLoadBalancer().GetLocalityLbSetting() != nil, "localityLbSetting is ignored")
		say(p.GetLoadBalancer().GetWarmup() != nil || p.GetLoadBalancer().GetWarmupDurationSecs() != nil, "warmup is ignored")
		say(p.GetLoadBalancer().GetSimple() == networking.LoadBalancerSettings_PASSTHROUGH,
			"PASSTHROUGH load balancing is not supported, LEAST_REQUEST is used")
		say(p.GetTunnel() != nil || p.GetProxyProtocol() != nil, "tunnel and proxyProtocol are ignored")
		say(p.GetConnectionPool().GetTcp().GetTcpKeepalive() != nil ||
			p.GetConnectionPool().GetTcp().GetMaxConnectionDuration() != nil ||
			p.GetConnectionPool().GetTcp().GetIdleTimeout() != nil,
			"tcpKeepalive, maxConnectionDuration and the tcp idleTimeout are ignored")
		say(p.GetConnectionPool().GetHttp().GetH2UpgradePolicy() == networking.ConnectionPoolSettings_HTTPSettings_UPGRADE ||
			p.GetConnectionPool().GetHttp().GetUseClientProtocol() ||
			p.GetConnectionPool().GetHttp().GetMaxConcurrentStreams() != 0,
			"h2UpgradePolicy, useClientProtocol and maxConcurrentStreams are ignored")
	}
	return out
}
