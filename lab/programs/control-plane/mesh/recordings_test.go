package mesh

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

const recordings = "../../../../test/fixtures/istio-recordings"

// recording is what a real istiod 1.28.3 made of the applied objects, as a real
// Envoy then showed it.
type recording struct {
	Applied []json.RawMessage `json:"applied"`
	Routes  routeDump         `json:"routes"`
	// Clusters and Hosts were recorded for order-api only.
	Clusters struct {
		Configs []struct {
			Cluster json.RawMessage `json:"cluster"`
		} `json:"configs"`
	} `json:"clusters"`
	Hosts struct {
		ClusterStatuses []struct {
			Name           string `json:"name"`
			EdsServiceName string `json:"eds_service_name"`
			Observability  string `json:"observability_name"`
			HostStatuses   []struct {
				Address struct {
					SocketAddress struct {
						Address   string `json:"address"`
						PortValue int    `json:"port_value"`
					} `json:"socket_address"`
				} `json:"address"`
				HealthStatus struct {
					EdsHealthStatus string `json:"eds_health_status"`
				} `json:"health_status"`
				Weight uint32 `json:"weight"`
			} `json:"host_statuses"`
		} `json:"cluster_statuses"`
	} `json:"hosts"`
	Sidecar *struct {
		Routes routeDump `json:"routes"`
	} `json:"sidecar"`
}

type routeDump struct {
	Configs []struct {
		// last_updated and version_info beside it are the moment of the push.
		RouteConfig json.RawMessage `json:"route_config"`
	} `json:"configs"`
}

// recordedWorld is the cluster that the recordings were made in: two pods of
// each version, two services, and the platform's Gateway.
func recordedWorld(t *testing.T, applied []json.RawMessage) *World {
	t.Helper()
	gatewayLabels := map[string]string{"istio": "ingressgateway", "app": "istio-ingressgateway"}
	blue, green := map[string]string{"version": "v1.0.0"}, map[string]string{"version": "v1.1.0"}
	ports := map[string]int{"http": 8080}
	service := func(name, namespace, address string, selector map[string]string) *Service {
		return &Service{Name: name, Namespace: namespace, Address: address, Selector: selector,
			Ports: []Port{{Name: "http", Number: 80, TargetPort: 8080, Protocol: HTTP}}}
	}
	w := &World{
		Services: []*Service{
			service("order-api", "ecommerce", "10.96.146.233", map[string]string{"app": "order-api"}),
			service("istio-ingressgateway", RootNamespace, "10.96.239.229", gatewayLabels),
		},
		Endpoints: map[string][]Endpoint{"order-api.ecommerce.svc.cluster.local": {
			{Address: "10.244.0.25", Ports: ports, Labels: green}, {Address: "10.244.0.26", Ports: ports, Labels: blue},
			{Address: "10.244.0.27", Ports: ports, Labels: green}, {Address: "10.244.0.28", Ports: ports, Labels: blue},
		}},
		Pods: map[string]*Pod{RootNamespace + "/gw-1": {Name: "gw-1", Namespace: RootNamespace, Labels: gatewayLabels}},
	}
	gateway := `{"kind": "Gateway", "metadata": {"name": "ecommerce-gateway", "namespace": "ecommerce"}, "spec": {
		"selector": {"istio": "ingressgateway"},
		"servers": [{"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["api.c4ang.com"]}]}}`
	for _, raw := range append(applied, json.RawMessage(gateway)) {
		if err := w.Add(raw); err != nil {
			t.Fatal(err)
		}
	}
	w.Sort()
	w.MergeDelegates()
	return w
}

func TestEveryRecordingIsReproduced(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(files) < 18 {
		t.Fatalf("want the 18 recordings in %s, found %d (%v)", recordings, len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r recording
			if err := json.Unmarshal(content, &r); err != nil {
				t.Fatal(err)
			}
			w := recordedWorld(t, r.Applied)
			gateway := Proxy{ID: "gw", Kind: Router, Pod: "gw-1", Namespace: RootNamespace, DNSDomain: "istio-system.svc.cluster.local"}
			got := ConfigFor(w, gateway)
			compareRoutes(t, r.Routes, got.Routes)
			compareClusters(t, r, got)
			compareHosts(t, r, got)
			if r.Sidecar != nil {
				caller := Proxy{ID: "caller", Kind: Sidecar, Pod: "payment", Namespace: "ecommerce",
					DNSDomain: "ecommerce.svc.cluster.local", HTTPProxyPort: 15080}
				compareRoutes(t, r.Sidecar.Routes, ConfigFor(w, caller).Routes)
			}
			if complaints := Unsupported(w); len(complaints) > 0 {
				t.Errorf("a recorded world is called unsupported: %v", complaints)
			}
		})
	}
}

func compareRoutes(t *testing.T, recorded routeDump, got []*route.RouteConfiguration) {
	t.Helper()
	want := map[string]proto.Message{}
	for _, c := range recorded.Configs {
		message := parsed(t, c.RouteConfig, &route.RouteConfiguration{})
		want[message.Name] = message
	}
	have := map[string]proto.Message{}
	for _, rc := range got {
		have[rc.Name] = rc
	}
	compareAll(t, "route configuration", want, have)
}

func compareClusters(t *testing.T, r recording, got ProxyConfig) {
	t.Helper()
	want, have := map[string]proto.Message{}, map[string]proto.Message{}
	for _, c := range r.Clusters.Configs {
		message := parsed(t, c.Cluster, &cluster.Cluster{})
		want[message.Name] = message
	}
	for _, c := range got.Clusters {
		if strings.HasSuffix(c.Name, "|order-api.ecommerce.svc.cluster.local") {
			have[c.Name] = c
		}
	}
	compareAll(t, "cluster", want, have)
}

// compareHosts compares the endpoints as sets: Envoy lists them in any order.
// Their counters, and the HIGH priority breaker that Envoy adds to each cluster
// by itself, are not configuration.
func compareHosts(t *testing.T, r recording, got ProxyConfig) {
	t.Helper()
	want, have := map[string][]string{}, map[string][]string{}
	for _, c := range r.Hosts.ClusterStatuses {
		key := c.Name + " eds:" + c.EdsServiceName + " stats:" + c.Observability
		want[key] = []string{}
		for _, h := range c.HostStatuses {
			want[key] = append(want[key], fmt.Sprintf("%s:%d %s weight %d", h.Address.SocketAddress.Address,
				h.Address.SocketAddress.PortValue, h.HealthStatus.EdsHealthStatus, h.Weight))
		}
		slices.Sort(want[key])
	}
	for _, c := range got.Clusters {
		if !strings.HasSuffix(c.Name, "|order-api.ecommerce.svc.cluster.local") {
			continue
		}
		eds := c.EdsClusterConfig.ServiceName
		key := c.Name + " eds:" + eds + " stats:" + c.AltStatName
		have[key] = []string{}
		for _, cla := range got.Endpoints {
			if cla.ClusterName != eds {
				continue
			}
			for _, locality := range cla.Endpoints {
				for _, e := range locality.LbEndpoints {
					a := e.GetEndpoint().Address.GetSocketAddress()
					have[key] = append(have[key], fmt.Sprintf("%s:%d %s weight %d", a.Address, a.GetPortValue(),
						e.HealthStatus, e.LoadBalancingWeight.GetValue()))
				}
			}
		}
		slices.Sort(have[key])
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("hosts (-istiod +ours):\n%s", diff)
	}
}

func compareAll(t *testing.T, what string, want, have map[string]proto.Message) {
	t.Helper()
	if diff := cmp.Diff(want, have, protocmp.Transform()); diff != "" {
		t.Errorf("%s (-istiod +ours):\n%s", what, diff)
	}
}

// parsed reads a resource from a dump; the dump's own "@type" beside the fields
// is not part of the message.
func parsed[T proto.Message](t *testing.T, raw json.RawMessage, into T) T {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "@type")
	clean, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(clean, into); err != nil {
		t.Fatal(err)
	}
	return into
}
