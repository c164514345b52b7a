package main

import (
	"fmt"
	"net/http"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

// Metrics writes what Micrometer's Prometheus registry would, by the same names.
type Metrics struct {
	name    string
	started time.Time
	health  *Health

	mutex    sync.Mutex
	requests map[requestKey]*histogram
	business map[string]int
	hits     int
	misses   int
}

type requestKey struct{ method, uri, status string }

type histogram struct {
	counts []int
	count  int
	sum    float64
}

var bucketsSeconds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

func NewMetrics(config Config, health *Health, now time.Time) *Metrics {
	return &Metrics{
		name: config.Name, started: now, health: health,
		requests: map[requestKey]*histogram{}, business: map[string]int{},
	}
}

func (m *Metrics) Request(method, uri string, status int, took time.Duration) {
	key := requestKey{method, uri, fmt.Sprint(status)}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	seen, ok := m.requests[key]
	if !ok {
		seen = &histogram{counts: make([]int, len(bucketsSeconds))}
		m.requests[key] = seen
	}
	seen.count++
	seen.sum += took.Seconds()
	for i, upper := range bucketsSeconds {
		if took.Seconds() <= upper {
			seen.counts[i]++
		}
	}
}

// Business counts the outcome of what the company lives on: orders.
func (m *Metrics) Business(outcome string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.business[outcome]++
}

func (m *Metrics) CacheGet(hit bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if hit {
		m.hits++
	} else {
		m.misses++
	}
}

func (m *Metrics) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /actuator/prometheus", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write([]byte(m.text()))
	})
}

func (m *Metrics) text() string {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	active, max := 2, 10
	if !m.health.DatabaseUp() {
		active = max // as a real pool looks when every connection hangs
	}
	out := &strings.Builder{}
	app := fmt.Sprintf(`application=%q`, m.name)
	gauge := func(name, labels string, value float64) {
		fmt.Fprintf(out, "# TYPE %s gauge\n%s{%s} %g\n", name, name, labels, value)
	}
	gauge("process_uptime_seconds", app, time.Since(m.started).Seconds())
	gauge("jvm_memory_used_bytes", app+`,area="heap",id="G1 Old Gen"`, float64(memory.HeapAlloc))
	gauge("jvm_memory_max_bytes", app+`,area="heap",id="G1 Old Gen"`, 512<<20)
	gauge("hikaricp_connections_active", app+`,pool="HikariPool-1"`, float64(active))
	gauge("hikaricp_connections_max", app+`,pool="HikariPool-1"`, float64(max))
	gauge("hikaricp_connections_pending", app+`,pool="HikariPool-1"`, 0)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	fmt.Fprintf(out, "# TYPE cache_gets_total counter\n")
	fmt.Fprintf(out, "cache_gets_total{%s,cache=\"redis\",result=\"hit\"} %d\n", app, m.hits)
	fmt.Fprintf(out, "cache_gets_total{%s,cache=\"redis\",result=\"miss\"} %d\n", app, m.misses)
	fmt.Fprintf(out, "# TYPE orders_total counter\n")
	for _, outcome := range []string{"failed", "success"} {
		fmt.Fprintf(out, "orders_total{%s,outcome=%q} %d\n", app, outcome, m.business[outcome])
	}
	m.writeRequests(out, app)
	return out.String()
}

func (m *Metrics) writeRequests(out *strings.Builder, app string) {
	keys := make([]requestKey, 0, len(m.requests))
	for key := range m.requests {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j]) })
	const name = "http_server_requests_seconds"
	fmt.Fprintf(out, "# TYPE %s histogram\n", name)
	for _, key := range keys {
		seen := m.requests[key]
		labels := fmt.Sprintf(`%s,exception="none",method=%q,outcome=%q,status=%q,uri=%q`,
			app, key.method, outcomeOf(key.status), key.status, key.uri)
		for i, upper := range bucketsSeconds {
			fmt.Fprintf(out, "%s_bucket{%s,le=\"%g\"} %d\n", name, labels, upper, seen.counts[i])
		}
		fmt.Fprintf(out, "%s_bucket{%s,le=\"+Inf\"} %d\n", name, labels, seen.count)
		fmt.Fprintf(out, "%s_count{%s} %d\n%s_sum{%s} %g\n", name, labels, seen.count, name, labels, seen.sum)
	}
}

func outcomeOf(status string) string {
	switch status[0] {
	case '2':
		return "SUCCESS"
	case '4':
		return "CLIENT_ERROR"
	default:
		return "SERVER_ERROR"
	}
}
