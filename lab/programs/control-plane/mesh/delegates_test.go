package mesh

import (
	"slices"
	"testing"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

const root = `
kind: VirtualService
metadata: {name: root, namespace: istio-system}
spec:
  hosts: [api.c4ang.com]
  gateways: [ecommerce/ecommerce-gateway]
  http:
  - name: shop
    match: [{uri: {prefix: /api}, headers: {tenant: {exact: a}}}]
    timeout: 7s
    delegate: {name: orders, namespace: ecommerce}
  - name: rest
    route: [{destination: {host: other}}]`

func delegate(exportTo string) string {
	return `
kind: VirtualService
metadata: {name: orders, namespace: ecommerce}
spec:
  exportTo: [` + exportTo + `]
  http:
  - name: v1
    match: [{uri: {prefix: /api/v1}}]
    route: [{destination: {host: order-api, subset: blue}}]
  - match: [{uri: {exact: /api/exact}, name: one}]
    timeout: 1s
    route: [{destination: {host: order-api, subset: blue}}]
  - name: outside
    match: [{uri: {prefix: /admin}}]
    route: [{destination: {host: order-api, subset: blue}}]
  - name: regex
    match: [{uri: {regex: /api/.*}}]
    route: [{destination: {host: order-api, subset: blue}}]`
}

func gatewayRoutesOf(t *testing.T, documents ...string) []*route.Route {
	t.Helper()
	for _, rc := range ConfigFor(worldOf(t, documents...), gatewayProxy()).Routes {
		for _, vh := range rc.VirtualHosts {
			if vh.Name == "api.c4ang.com:80" {
				return vh.Routes
			}
		}
	}
	return nil
}

func namesOf(routes []*route.Route) []string {
	var names []string
	for _, r := range routes {
		names = append(names, r.Name)
	}
	return names
}

func TestADelegatesRoutesStandInTheirRootUnderBothNames(t *testing.T) {
	routes := gatewayRoutesOf(t, root, delegate(`"*"`))
	want := []string{"shop-v1", "shop.one", "rest"}
	if got := namesOf(routes); !slices.Equal(got, want) {
		t.Fatalf("routes %v, want %v", got, want)
	}
	first, second := routes[0], routes[1]
	if p := first.Match.GetPrefix(); p != "/api/v1" || first.Match.Headers[0].Name != "tenant" {
		t.Errorf("match %v, want both", first.Match)
	}
	if got := first.GetRoute().GetCluster(); got != "outbound|80|blue|order-api.ecommerce.svc.cluster.local" {
		t.Errorf("cluster %s: a short name means the delegate's namespace", got)
	}
	if first.GetRoute().Timeout.Seconds != 7 || second.GetRoute().Timeout.Seconds != 1 {
		t.Error("what the delegate leaves open comes from the root, and nothing else")
	}
	from := first.Metadata.FilterMetadata["istio"].Fields["config"].GetStringValue()
	if want := "/apis/networking.istio.io/v1/namespaces/istio-system/virtual-service/root"; from != want {
		t.Errorf("config %s, want %s", from, want)
	}
}

func TestADelegateThatIsNotThereForItsRootIsLeftOut(t *testing.T) {
	for _, documents := range [][]string{{root}, {root, delegate(`"."`)}} {
		if got := namesOf(gatewayRoutesOf(t, documents...)); !slices.Equal(got, []string{"rest"}) {
			t.Errorf("routes %v, want those of the root alone", got)
		}
	}
	if got := namesOf(gatewayRoutesOf(t, root, delegate(`istio-system`))); len(got) != 3 {
		t.Errorf("routes %v, want the delegate's too", got)
	}
}

func TestExportToDecidesWhichProxiesGetAVirtualService(t *testing.T) {
	limited := func(exportTo string) string {
		return `
kind: VirtualService
metadata: {name: limited, namespace: ecommerce}
spec:
  hosts: [api.c4ang.com]
  gateways: [ecommerce-gateway]
  exportTo: [` + exportTo + `]
  http: [{name: all, route: [{destination: {host: order-api}}]}]`
	}
	for exportTo, want := range map[string]int{`"*"`: 1, `"."`: 0, `"~"`: 0, `istio-system`: 1, `".", istio-system`: 1} {
		if got := len(gatewayRoutesOf(t, limited(exportTo))); got != want {
			t.Errorf("exportTo %s: %d routes, want %d", exportTo, got, want)
		}
	}
}

func TestExportToDecidesWhichProxiesGetADestinationRule(t *testing.T) {
	rule := `
kind: DestinationRule
metadata: {name: private, namespace: ecommerce}
spec: {host: order-api, exportTo: ["."], subsets: [{name: blue, labels: {version: v1.0.0}}]}`
	const blue = "outbound|80|blue|order-api.ecommerce.svc.cluster.local"
	if orderAPIClusters(ConfigFor(worldOf(t, rule), gatewayProxy()))[blue] != nil {
		t.Error("a gateway elsewhere knows the subset")
	}
	if orderAPIClusters(ConfigFor(worldOf(t, rule), sidecarProxy("ecommerce")))[blue] == nil {
		t.Error("a sidecar at home does not know the subset")
	}
}
