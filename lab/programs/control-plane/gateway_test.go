package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// underLoad keeps four callers busy while `do` runs and fails the test for each
// answer that is not a 200.
func (r *rig) underLoad(do func()) {
	r.t.Helper()
	stop, failed, total := make(chan struct{}), map[answer]int{}, 0
	var mu sync.Mutex
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a := r.get("/api")
				mu.Lock()
				total++
				if a.status != http.StatusOK {
					failed[a]++
				}
				mu.Unlock()
			}
		})
	}
	do()
	close(stop)
	callers.Wait()
	r.t.Logf("%d requests", total)
	for a, n := range failed {
		r.t.Errorf("%d requests were answered %+v", n, a)
	}
}

func TestWeightsMoveWithoutAFailedRequest(t *testing.T) {
	r := newRig(t)
	r.underLoad(func() {
		for i := range 20 {
			began := time.Now()
			want := []string{"green", "blue"}[i%2]
			r.plane.push(r.world(100*(i%2), 100*(1-i%2)))
			r.eventually("the gateway serves "+want, func() bool { return r.get("/api").body == want })
			if i < 2 {
				t.Logf("%s after %v", want, time.Since(began))
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
}

// renameSubset moves the route to a subset of another name, in one push.
func (r *rig) renameSubset(name string) {
	r.plane.push(r.world(0, 0, func(dr, vs map[string]any) {
		dr["subsets"] = []any{map[string]any{"name": name, "labels": map[string]any{"slot": "blue"}}}
		vs["http"] = []any{rule("/api", name, 100)}
	}))
}

func TestSubsetsComeAndGoWithTheirRoutesInOnePush(t *testing.T) {
	r := newRig(t)
	r.underLoad(func() {
		for i := range 10 {
			r.renameSubset("subset-" + strconv.Itoa(i))
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// What a real istiod does to careless releases must be there for tests to meet.
func TestInIstiodsOrderTheSamePushFailsRequests(t *testing.T) {
	r := newRigIn(t, xds.Istiod)
	for i := range 200 {
		r.renameSubset("subset-" + strconv.Itoa(i))
		for end := time.Now().Add(30 * time.Millisecond); time.Now().Before(end); {
			if r.get("/api").flags == "NC" {
				t.Logf("503 NC in push %d", i+1)
				return
			}
		}
	}
	t.Error("no request failed in 200 pushes")
}

func TestAChangedPolicyWarmsItsClusterUnderLoad(t *testing.T) {
	r := newRig(t)
	r.underLoad(func() {
		for i := range 5 {
			r.plane.push(r.world(100, 0, func(dr, _ map[string]any) {
				dr["trafficPolicy"] = map[string]any{"connectionPool": map[string]any{
					"tcp": map[string]any{"maxConnections": 1000 + i}}}
			}))
			time.Sleep(100 * time.Millisecond)
		}
	})
	r.eventually("every push is acknowledged", func() bool {
		return strings.Contains(r.metrics(), "pilot_proxy_convergence_time_count 5")
	})
}

func TestFailuresSayWhyAndAreCounted(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]answer{
		"/missing": {503, "", "NC", false},
		"/empty":   {503, "no healthy upstream", "UH", false},
		"/nowhere": {404, "", "NR", false},
		"/api":     {200, "blue", "", false},
	} {
		if got := r.get(path); got != want {
			t.Errorf("%s was answered %+v, want %+v", path, got, want)
		}
	}
	for _, want := range []string{
		`destination_service="unknown",destination_service_name="unknown",destination_service_namespace="unknown",destination_version="unknown",destination_workload="unknown",destination_workload_namespace="unknown",grpc_response_status="",reporter="source",request_protocol="http",response_code="503",response_flags="NC"`,
		`destination_service="order-api.ecommerce.svc.cluster.local",destination_service_name="order-api",destination_service_namespace="ecommerce",destination_version="unknown",destination_workload="unknown",destination_workload_namespace="unknown",grpc_response_status="",reporter="source",request_protocol="http",response_code="503",response_flags="UH"`,
		`response_code="404",response_flags="NR"`,
		`destination_version="blue",destination_workload="order-api-blue",destination_workload_namespace="ecommerce",grpc_response_status="",reporter="source",request_protocol="http",response_code="200",response_flags="-"`,
	} {
		r.eventually("the metrics have "+want, func() bool { return strings.Contains(r.metrics(), want) })
	}
}

func TestARefusedConfigurationLeavesTheOldOneAndTheNextIsTaken(t *testing.T) {
	r := newRig(t)
	r.plane.push(r.world(0, 0)) // no weight at all: Envoy refuses it
	r.eventually("the refusal is counted", func() bool {
		return strings.Contains(r.metrics(), `pilot_total_xds_rejects{type="rds"} 1`)
	})
	time.Sleep(300 * time.Millisecond)
	if !strings.Contains(r.metrics(), `pilot_total_xds_rejects{type="rds"} 1`) {
		t.Error("the refused configuration is sent over and over")
	}
	if got := r.get("/api").body; got != "blue" {
		t.Errorf("the gateway answers %q, want the old configuration's blue", got)
	}
	r.plane.push(r.world(0, 100))
	r.eventually("the gateway serves green", func() bool { return r.get("/api").body == "green" })
}

func TestTheGatewayServesOnWithoutTheControlPlane(t *testing.T) {
	r := newRig(t)
	r.underLoad(func() {
		r.stop()
		r.plane.close()
		time.Sleep(time.Second)
		r.startPlane(r.world(0, 100))
		r.eventually("the gateway has come back and serves green", func() bool { return r.get("/api").body == "green" })
		// What the restarted control plane did not have to send counts as acknowledged.
		began := time.Now()
		r.renameSubset("another")
		r.eventually("the push is complete", func() bool {
			return strings.Contains(r.metrics(), "pilot_proxy_convergence_time_count 1")
		})
		if took := time.Since(began); took > time.Second {
			t.Errorf("the push took %v: a step waited for a word that does not come", took)
		}
	})
}

func TestAStoppingGatewaySendsItsCallersAway(t *testing.T) {
	r := newRig(t)
	began := time.Now()
	done := make(chan time.Duration, 1)
	go func() {
		response, err := http.Get("http://127.0.0.1:" + strconv.Itoa(r.ports.health) + "/drain")
		if err == nil {
			_ = response.Body.Close()
		}
		done <- time.Since(began)
	}()
	r.eventually("answers say connection: close", func() bool { return r.get("/api").closes })
	if took := <-done; took < 4*time.Second || took > 7*time.Second {
		t.Errorf("/drain held the pod for %v, want about 5 s", took)
	}
}
