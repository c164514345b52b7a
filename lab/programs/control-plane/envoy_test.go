package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// rig is a control plane, a real Envoy as gateway, and two versions of a
// service, all on loopback. It needs the program: ENVOY=<path> go test .
type rig struct {
	t     *testing.T
	order xds.Order
	ports struct{ grpc, monitoring, debug, gateway, admin, stats, health int }
	// blue and green answer with their name; their addresses differ.
	blue, green *httptest.Server
	plane       *plane
	stop        context.CancelFunc
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigIn(t, xds.MakeBeforeBreak)
}

func newRigIn(t *testing.T, order xds.Order) *rig {
	t.Helper()
	program := os.Getenv("ENVOY")
	if program == "" {
		t.Skip("ENVOY names no Envoy program")
	}
	r := &rig{t: t, order: order}
	for _, port := range []*int{&r.ports.grpc, &r.ports.monitoring, &r.ports.debug, &r.ports.gateway,
		&r.ports.admin, &r.ports.stats, &r.ports.health} {
		*port = freePort(t)
	}
	r.blue, r.green = backend(t, "127.0.0.2", "blue"), backend(t, "127.0.0.3", "green")
	r.startPlane(r.world(100, 0))
	config := filepath.Join(t.TempDir(), "envoy.yaml")
	if err := os.WriteFile(config, []byte(r.bootstrap()), 0o600); err != nil {
		t.Fatal(err)
	}
	envoy := exec.Command(program, "-c", config, "--service-cluster", "gw", "--concurrency", "2",
		"--service-node", "router~127.0.0.1~gw-1.istio-system~istio-system.svc.cluster.local",
		"--drain-time-s", "5", "--drain-strategy", "immediate", "--use-dynamic-base-id", "--log-level", "error")
	envoy.Stdout, envoy.Stderr = os.Stderr, os.Stderr
	if err := envoy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = envoy.Process.Kill(); _ = envoy.Wait(); r.stop(); r.plane.close() })
	r.eventually("the gateway serves blue", func() bool { return r.get("/api").body == "blue" })
	return r
}

func (r *rig) startPlane(world *mesh.World) {
	ctx, stop := context.WithCancel(context.Background())
	at := func(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }
	p, err := serve(ctx, options{grpcAddr: at(r.ports.grpc), monitoringAddr: at(r.ports.monitoring),
		httpAddr: at(r.ports.debug), order: string(r.order)}, world)
	if err != nil {
		r.t.Fatal(err)
	}
	r.plane, r.stop = p, stop
}

// bootstrap is the one the lab's gateways use, on this rig's ports.
func (r *rig) bootstrap() string {
	manifest, err := os.ReadFile("../../manifests/istio/gateway-bootstrap.yaml")
	if err != nil {
		r.t.Fatal(err)
	}
	var configMap struct{ Data map[string]string }
	if err := yaml.Unmarshal(manifest, &configMap); err != nil {
		r.t.Fatal(err)
	}
	port := func(n int) string { return "port_value: " + strconv.Itoa(n) }
	return strings.NewReplacer("10.244.0.1", "127.0.0.1", "0.0.0.0", "127.0.0.1",
		port(15010), port(r.ports.grpc), port(15000), port(r.ports.admin),
		port(15090), port(r.ports.stats), port(15021), port(r.ports.health)).Replace(configMap.Data["envoy.yaml"])
}

// world is the platform's in little; change alters the objects before they count.
func (r *rig) world(blue, green int, change ...func(dr, vs map[string]any)) *mesh.World {
	labels := map[string]string{"istio": "ingressgateway"}
	endpoint := func(s *httptest.Server, slot string) (mesh.Endpoint, *mesh.Pod) {
		host, port, _ := net.SplitHostPort(s.Listener.Addr().String())
		number, _ := strconv.Atoi(port)
		pod := &mesh.Pod{Name: "order-api-" + slot + "-1", Namespace: "ecommerce", Address: host,
			Workload: "order-api-" + slot, Labels: map[string]string{"app": "order-api", "slot": slot, "version": slot}}
		return mesh.Endpoint{Address: host, Ports: map[string]int{"http": number}, Labels: pod.Labels}, pod
	}
	be, bp := endpoint(r.blue, "blue")
	ge, gp := endpoint(r.green, "green")
	gateway := &mesh.Pod{Name: "gw-1", Namespace: "istio-system", Address: "127.0.0.1", Labels: labels, Workload: "gw"}
	w := &mesh.World{
		Services: []*mesh.Service{
			{Name: "order-api", Namespace: "ecommerce", Ports: []mesh.Port{{Name: "http", Number: 80}}},
			{Name: "gw", Namespace: "istio-system", Selector: labels,
				Ports: []mesh.Port{{Name: "http", Number: 80, TargetPort: r.ports.gateway}}},
		},
		Endpoints: map[string][]mesh.Endpoint{"order-api.ecommerce.svc.cluster.local": {be, ge}},
		Pods:      map[string]*mesh.Pod{"istio-system/gw-1": gateway, "ecommerce/b": bp, "ecommerce/g": gp},
	}
	dr := object("DestinationRule", "order-api-dr", map[string]any{"host": "order-api", "subsets": []any{
		map[string]any{"name": "blue", "labels": map[string]any{"slot": "blue"}},
		map[string]any{"name": "green", "labels": map[string]any{"slot": "green"}},
		map[string]any{"name": "empty", "labels": map[string]any{"slot": "none"}}}})
	vs := object("VirtualService", "order-api-vs", map[string]any{"hosts": []any{"api.test"}, "gateways": []any{"gw"},
		"http": []any{
			rule("/missing", "missing", 1), rule("/empty", "empty", 1),
			rule("/api", "blue", blue, "green", green),
		}})
	for _, c := range change {
		c(dr["spec"].(map[string]any), vs["spec"].(map[string]any))
	}
	gw := object("Gateway", "gw", map[string]any{"selector": map[string]any{"istio": "ingressgateway"},
		"servers": []any{map[string]any{"port": map[string]any{"number": 80, "protocol": "HTTP", "name": "http"},
			"hosts": []any{"*"}}}})
	for _, o := range []map[string]any{dr, vs, gw} {
		raw, _ := json.Marshal(o)
		if err := w.Add(raw); err != nil {
			r.t.Fatal(err)
		}
	}
	w.Sort()
	return w
}

func object(kind, name string, spec map[string]any) map[string]any {
	return map[string]any{"kind": kind, "spec": spec, "metadata": map[string]any{"name": name, "namespace": "ecommerce"}}
}

func rule(prefix string, subsetsAndWeights ...any) map[string]any {
	var route []any
	for i := 0; i < len(subsetsAndWeights); i += 2 {
		route = append(route, map[string]any{"weight": subsetsAndWeights[i+1],
			"destination": map[string]any{"host": "order-api", "subset": subsetsAndWeights[i]}})
	}
	return map[string]any{"match": []any{map[string]any{"uri": map[string]any{"prefix": prefix}}}, "route": route}
}

func backend(t *testing.T, ip, name string) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", ip+":0")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, name) }))
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

type answer struct {
	status      int
	body, flags string
	closes      bool
}

func (r *rig) get(path string) answer {
	request, _ := http.NewRequest(http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(r.ports.gateway)+path, nil)
	request.Host = "api.test"
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return answer{response.StatusCode, string(body), response.Header.Get("x-envoy-response-flags"), response.Close}
}

func (r *rig) metrics() string {
	response, err := http.Get("http://127.0.0.1:" + strconv.Itoa(r.ports.monitoring) + "/metrics")
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	r.t.Fatalf("not within 10 s: %s", what)
}
