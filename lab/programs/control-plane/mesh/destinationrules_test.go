package mesh

import (
	"slices"
	"testing"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
)

func rulesFor(namespace, name, subset, maxConnections string) string {
	return `
kind: DestinationRule
metadata: {name: ` + name + `, namespace: ` + namespace + `}
spec:
  host: order-api.ecommerce.svc.cluster.local
  trafficPolicy: {connectionPool: {tcp: {maxConnections: ` + maxConnections + `}}}
  subsets: [{name: ` + subset + `, labels: {version: v1.0.0}}]`
}

func orderAPIClusters(config ProxyConfig) map[string]*cluster.Cluster {
	out := map[string]*cluster.Cluster{}
	for _, c := range config.Clusters {
		if host, _, ok := parseClusterName(c.Name); ok && host == "order-api.ecommerce.svc.cluster.local" {
			out[c.Name] = c
		}
	}
	return out
}

func connectionLimit(c *cluster.Cluster) uint32 {
	return c.GetCircuitBreakers().GetThresholds()[0].GetMaxConnections().GetValue()
}

func TestRulesOfOneHostMergeAndTheFirstPolicyStays(t *testing.T) {
	got := orderAPIClusters(ConfigFor(worldOf(t, rulesFor("ecommerce", "b", "green", "20"),
		rulesFor("ecommerce", "a", "blue", "10")), gatewayProxy()))
	for _, name := range []string{"outbound|80|blue|order-api.ecommerce.svc.cluster.local",
		"outbound|80|green|order-api.ecommerce.svc.cluster.local"} {
		if c := got[name]; c == nil || connectionLimit(c) != 10 {
			t.Errorf("%s: %v, want a cluster with the older rule's limit of 10", name, c)
		}
	}
}

func TestACallersOwnNamespaceGoesBeforeTheServices(t *testing.T) {
	w := worldOf(t, rulesFor("ecommerce", "a", "blue", "10"), rulesFor("billing", "a", "theirs", "20"))
	got := orderAPIClusters(ConfigFor(w, sidecarProxy("billing")))
	if got["outbound|80|theirs|order-api.ecommerce.svc.cluster.local"] == nil || len(got) != 2 {
		t.Errorf("a caller in billing got %d clusters, want the plain one and its own namespace's subset", len(got))
	}
	if got := orderAPIClusters(ConfigFor(w, gatewayProxy())); got["outbound|80|blue|order-api.ecommerce.svc.cluster.local"] == nil {
		t.Error("a gateway does not follow the rule beside the service")
	}
}

func TestASubsetsPolicyOverlaysTheRulesFieldByField(t *testing.T) {
	got := orderAPIClusters(ConfigFor(worldOf(t, `
kind: DestinationRule
metadata: {name: a, namespace: ecommerce}
spec:
  host: order-api
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}, outlierDetection: {consecutive5xxErrors: 5}}
  subsets: [{name: blue, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: 7}}, loadBalancer: {simple: ROUND_ROBIN}}}]`),
		gatewayProxy()))
	blue := got["outbound|80|blue|order-api.ecommerce.svc.cluster.local"]
	limits := blue.CircuitBreakers.Thresholds[0]
	if limits.MaxPendingRequests.Value != 7 || limits.MaxConnections.Value == 10 {
		t.Errorf("limits %v, want the subset's connectionPool as a whole", limits)
	}
	if blue.OutlierDetection.GetConsecutive_5Xx().GetValue() != 5 || blue.LbPolicy != cluster.Cluster_ROUND_ROBIN {
		t.Error("the rule's outlierDetection or the subset's loadBalancer is lost")
	}
}

func TestWhatIsNotSupportedIsSaid(t *testing.T) {
	w := worldOf(t, `
kind: VirtualService
metadata: {name: odd, namespace: ecommerce}
spec:
  hosts: [order-api]
  tcp: [{route: [{destination: {host: order-api}}]}]
  http:
  - name: zero
    route: [{destination: {host: order-api, subset: a}, weight: 0}, {destination: {host: order-api, subset: b}, weight: 0}]`, `
kind: DestinationRule
metadata: {name: odd, namespace: ecommerce}
spec:
  host: order-api
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}, loadBalancer: {consistentHash: {useSourceIp: true}}}`)
	want := []string{
		"VirtualService ecommerce/odd: tcp routes are ignored",
		`VirtualService ecommerce/odd: http[0] "zero": all weights are 0, Envoy refuses the route configuration`,
		"DestinationRule ecommerce/odd: tls is ignored, the lab has no certificates",
		"DestinationRule ecommerce/odd: consistentHash is ignored, LEAST_REQUEST is used",
	}
	if got := Unsupported(w); !slices.Equal(got, want) {
		t.Errorf("complaints:\n%q\nwant:\n%q", got, want)
	}
}
