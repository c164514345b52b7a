package mesh

import (
	"slices"
	"testing"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

const catchAll = `
kind: VirtualService
metadata: {name: a-first, namespace: ecommerce}
spec:
  hosts: [api.c4ang.com]
  gateways: [ecommerce-gateway]
  http: [{name: everything, route: [{destination: {host: order-api}}]}]`

const orders = `
kind: VirtualService
metadata: {name: b-second, namespace: ecommerce}
spec:
  hosts: [api.c4ang.com]
  gateways: [ecommerce/ecommerce-gateway]
  http: [{name: orders, match: [{uri: {prefix: /orders}}], route: [{destination: {host: order-api}}]}]`

func routeNames(t *testing.T, config ProxyConfig, configuration, host string) []string {
	t.Helper()
	for _, rc := range config.Routes {
		for _, vh := range rc.VirtualHosts {
			if rc.Name == configuration && vh.Name == host {
				var names []string
				for _, r := range vh.Routes {
					names = append(names, r.Name)
				}
				return names
			}
		}
	}
	return nil
}

func TestOnAGatewayRoutesForEverythingComeLast(t *testing.T) {
	got := routeNames(t, ConfigFor(worldOf(t, catchAll, orders), gatewayProxy()), "http.8080", "api.c4ang.com:80")
	if want := []string{"orders", "everything"}; !slices.Equal(got, want) {
		t.Errorf("routes %v, want %v", got, want)
	}
}

func TestOnASidecarTheOldestVirtualServiceOfAHostWinsAlone(t *testing.T) {
	mesh := func(age string) string {
		return `
kind: VirtualService
metadata: {name: vs-` + age + `, namespace: ecommerce, creationTimestamp: "2026-01-01T00:00:0` + age + `Z"}
spec: {hosts: [order-api], http: [{name: from-` + age + `, route: [{destination: {host: order-api}}]}]}`
	}
	got := routeNames(t, ConfigFor(worldOf(t, mesh("2"), mesh("1")), sidecarProxy("ecommerce")),
		"80", "order-api.ecommerce.svc.cluster.local:80")
	if want := []string{"from-1"}; !slices.Equal(got, want) {
		t.Errorf("routes %v, want %v", got, want)
	}
}

func TestAGatewaySelectsItsProxiesByLabel(t *testing.T) {
	w := worldOf(t, orders)
	stranger := gatewayProxy()
	stranger.Labels = map[string]string{"istio": "another"}
	if got := ConfigFor(w, stranger); len(got.Listeners) != 0 || len(got.Routes) != 0 {
		t.Errorf("a proxy that no Gateway selects got %d listeners and %d routes", len(got.Listeners), len(got.Routes))
	}
	if got := ConfigFor(w, gatewayProxy()); len(got.Listeners) != 1 || got.Listeners[0].Name != "0.0.0.0_8080" {
		t.Errorf("listeners %v, want one on the Service's target port 8080", got.Listeners)
	}
}

func TestAnHTTPSRedirectIsAskedOfTheHost(t *testing.T) {
	w := worldOf(t, orders, `
kind: Gateway
metadata: {name: redirecting, namespace: ecommerce}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 81, protocol: HTTP}, hosts: ["*/api.c4ang.com"], tls: {httpsRedirect: true}}]`)
	w.VirtualServices[0].Spec.Gateways = []string{"redirecting"}
	for _, rc := range ConfigFor(w, gatewayProxy()).Routes {
		if rc.Name == "http.81" && rc.VirtualHosts[0].RequireTls != route.VirtualHost_ALL {
			t.Errorf("the host requires TLS: %v, want ALL", rc.VirtualHosts[0].RequireTls)
		}
	}
}

func TestHostsOfServerAndVirtualServiceMeetAtTheNarrower(t *testing.T) {
	for _, c := range []struct{ server, virtual, want []string }{
		{[]string{"api.c4ang.com"}, []string{"api.c4ang.com", "*"}, []string{"api.c4ang.com"}},
		{[]string{"*"}, []string{"api.c4ang.com", "*"}, []string{"api.c4ang.com", "*"}},
		{[]string{"*.c4ang.com"}, []string{"api.c4ang.com", "other.com"}, []string{"api.c4ang.com"}},
		{[]string{"api.c4ang.com"}, []string{"other.com"}, nil},
	} {
		if got := intersect(c.server, c.virtual); !slices.Equal(got, c.want) {
			t.Errorf("%v and %v have %v in common, want %v", c.server, c.virtual, got, c.want)
		}
	}
}

func TestServerHostsMayNameANamespace(t *testing.T) {
	got := hostsForNamespace([]string{"a.com", "*/b.com", "./c.com", "ecommerce/d.com", "other/e.com"}, "ecommerce", "ecommerce")
	if want := []string{"a.com", "b.com", "c.com", "d.com"}; !slices.Equal(got, want) {
		t.Errorf("hosts %v, want %v", got, want)
	}
}
